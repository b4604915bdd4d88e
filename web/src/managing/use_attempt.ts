// An act of a window: it closes when it is done, and says why when it was refused.
import { useState } from "react";
import { useProblemText } from "@/i18n/problem_text";
import { refusalOf } from "@/wire";

export function useAttempt(onDone: () => void) {
  const problemText = useProblemText();
  const [problem, setProblem] = useState<string>();
  const [isPending, setPending] = useState(false);
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    setProblem(undefined);
    setPending(true);
    try {
      await work();
      onDone();
    } catch (thrown) {
      setProblem(problemText(refusalOf(thrown)));
      setPending(false);
    }
  };
  return { problem, isPending, attempt };
}
