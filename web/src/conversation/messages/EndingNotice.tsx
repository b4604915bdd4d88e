/** Says why an answer ended early, what was kept, and what can be done now. */
import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Button, InfoIcon, notify, RetryIcon, WarningIcon } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { type RunProblem, type ShownMessage, type ShownRun, textOf } from "@/wire";
import { type Ending, isRetryable } from "./endings";
import type { Replying } from "./replying";
import { SwitchAgent } from "./SwitchAgent";

interface EndingNoticeProps {
  message: ShownMessage;
  run: ShownRun | undefined;
  ending: Ending;
  replying: Replying;
  /** Whether something can be done about it here. */
  isOpen: boolean;
}

export function EndingNotice({ message, run, ending, replying, isOpen }: EndingNoticeProps) {
  const hasText = textOf(message) !== "";
  const isError = ending === "error";
  return (
    <div
      role={isError ? "alert" : "note"}
      className={`flex flex-col gap-3 rounded-xl px-4 py-3 text-sm ${
        isError ? "bg-danger-soft text-danger" : "bg-hover text-muted"
      }`}
    >
      <p className="flex items-start gap-2.5">
        {isError ? <WarningIcon className="mt-0.5 size-4" /> : <InfoIcon className="mt-0.5 size-4" />}
        <span>
          <Reason ending={ending} problem={run?.problem ?? null} /> {hasText && <Kept ending={ending} />}
        </span>
      </p>
      {isOpen && (
        <div className="-ml-1 flex flex-wrap gap-2">
          {hasText && ending !== "declined" && (
            <Button size="sm" onPress={() => replying.goOn(message.agent ?? "")}>
              <Trans>Continue</Trans>
            </Button>
          )}
          {isRetryable(ending) && (
            <>
              <Button size="sm" onPress={() => replying.retry(message.id)}>
                <RetryIcon className="size-4" />
                <Trans>Retry</Trans>
              </Button>
              <SwitchAgent message={message} replying={replying} />
            </>
          )}
          {isError && <CopyDetails message={message} run={run} />}
        </div>
      )}
    </div>
  );
}

function Reason({ ending, problem }: { ending: Ending; problem: RunProblem | null }): ReactNode {
  switch (ending) {
    case "stopped":
      return <Trans>You stopped this answer.</Trans>;
    case "interrupted":
      return <Trans>The server was interrupted during this answer.</Trans>;
    case "too_long":
      return <Trans>The answer reached the longest length that the model may give.</Trans>;
    case "declined":
      return <Trans>The model declined to answer this.</Trans>;
    case "error":
      return <Problem problem={problem} />;
  }
}

/** Our words by the code; then those of the provider, in whatever language, which often name the cause. */
function Problem({ problem }: { problem: RunProblem | null }): ReactNode {
  const text = useProblemText()({ code: problem?.code ?? "unexpected", detail: problem?.message ?? "" });
  const words = problem?.code.startsWith("model_") ? problem.hint : null;
  if (!words) return text;
  return (
    <Trans>
      {text} The provider says: “{words}”
    </Trans>
  );
}

function Kept({ ending }: { ending: Ending }): ReactNode {
  if (ending === "too_long" || ending === "declined") return null;
  if (ending === "stopped") return <Trans>Its text so far is kept.</Trans>;
  return <Trans>What had been written is kept.</Trans>;
}

/** For a bug report or a question to an administrator; never any content of the conversation. */
function CopyDetails({ message, run }: Pick<EndingNoticeProps, "message" | "run">) {
  const { t } = useLingui();
  const details = {
    message: message.id,
    thread: message.thread,
    run: run?.id ?? null,
    agent: message.agent,
    provider: run?.provider ?? null,
    model: run?.model ?? null,
    problem: run?.problem ?? null,
    at: message.created_at,
  };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(JSON.stringify(details, null, 2));
      notify({ title: t`Details copied` });
    } catch {
      notify({ title: t`The browser did not allow copying. Select the text instead.`, tone: "danger" });
    }
  };
  return (
    <Button size="sm" variant="quiet" onPress={() => void copy()}>
      <Trans>Copy details</Trans>
    </Button>
  );
}
