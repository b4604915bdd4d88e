// Below a screen that says to look into one's mail: the same letter once more, when its pace allows that.
import { Trans } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import { clockOf, useSecondsUntil } from "@/app/countdown";
import { Button, InlineNotice } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { refusalOf } from "@/wire";
import { Problem } from "@/wire/problems";

type SendAgainProps = {
  /** Seconds from now until another may be asked for. */
  paceS: number;
  /** Ask again; returns the seconds until the next. What it throws is told here. */
  onSend: () => Promise<number>;
};

export function SendAgain({ paceS, onSend }: SendAgainProps) {
  const problemText = useProblemText();
  const [readyAt, setReadyAt] = useState(() => Date.now() + paceS * 1_000);
  const [state, setState] = useState<"waiting" | "pending" | "sent">("waiting");
  const [problem, setProblem] = useState<string>();
  const left = useSecondsUntil(readyAt);
  const clock = clockOf(left);
  const told = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (state === "sent") told.current?.focus(); // the button is gone
  }, [state]);

  const send = async () => {
    setState("pending");
    setProblem(undefined);
    try {
      setReadyAt(Date.now() + (await onSend()) * 1_000);
      setState("sent");
    } catch (thrown) {
      setProblem(problemText(refusalOf(thrown)));
      if (thrown instanceof Problem && thrown.retryAfterS) setReadyAt(Date.now() + thrown.retryAfterS * 1_000);
      setState("waiting");
    }
  };
  return (
    <div className="flex flex-col gap-2">
      {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
      {state === "sent" && (
        <p ref={told} tabIndex={-1} className="text-center text-sm outline-none">
          <Trans>Asked for again. Use the newest letter: those before may no longer work.</Trans>
        </p>
      )}
      {left > 0 ? (
        <p className="text-center text-muted text-sm">
          <Trans>
            You can have it sent again in{" "}
            <span role="timer" className="tabular-nums">
              {clock}
            </span>
            .
          </Trans>
        </p>
      ) : (
        <Button isPending={state === "pending"} onPress={() => void send()}>
          <Trans>Send again</Trans>
        </Button>
      )}
    </div>
  );
}
