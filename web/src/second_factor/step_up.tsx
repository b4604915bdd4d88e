// Requests that the server carries out only for somebody who proved just now who they are.
import { type ReactNode, useCallback, useState } from "react";
import { refusalOf } from "@/wire";
import { useSecurityActs } from "@/wire/security";
import { StepUpDialog } from "./StepUpDialog";

const NEEDED = "insufficient_user_authentication";

/** A fresh proof would do. Where only a number of factors is asked for, one may have to be set up first. */
export const isStepUpNeeded = (thrown: unknown): boolean => {
  const { code, factors, maxAgeS } = refusalOf(thrown);
  return code === NEEDED && (factors === undefined || maxAgeS !== undefined);
};

type StepUp = {
  /**
   * Do `work`; where the server asks for a proof first, ask the person for it and do `work` again.
   *
   * Undefined when they would rather not. Throws what `work` throws.
   */
  proved: <T>(work: () => Promise<T>) => Promise<{ answer: T } | undefined>;
  /** Belongs where the component that calls this draws its windows. */
  question: ReactNode;
};

export function useStepUp(): StepUp {
  const { askAgain } = useSecurityActs();
  const [answer, setAnswer] = useState<(isProved: boolean) => void>();

  const proved = useCallback(
    async <T,>(work: () => Promise<T>): Promise<{ answer: T } | undefined> => {
      try {
        return { answer: await work() };
      } catch (thrown) {
        if (!isStepUpNeeded(thrown)) throw thrown;
      }
      const isProved = await new Promise<boolean>((resolve) => setAnswer(() => resolve));
      setAnswer(undefined);
      if (!isProved) return undefined;
      void askAgain(); // the session goes on under another name
      return { answer: await work() };
    },
    [askAgain],
  );
  return { proved, question: answer && <StepUpDialog onAnswer={answer} /> };
}
