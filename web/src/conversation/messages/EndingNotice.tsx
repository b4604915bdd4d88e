/** Says why an answer ended early, what was kept, and what can be done now. */
import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Button, InfoIcon, notify, RetryIcon, WarningIcon } from "@/design";
import { type RunProblem, type ShownMessage, type ShownRun, textOf } from "@/wire";
import { useProblemText } from "../problem_text";
import type { Replying } from "./replying";
import { SwitchAgent } from "./SwitchAgent";

interface EndingNoticeProps {
  message: ShownMessage;
  run: ShownRun | undefined;
  replying: Replying;
  isLast: boolean;
}

export function EndingNotice({ message, run, replying, isLast }: EndingNoticeProps) {
  if (message.status === "complete") return null;
  const hasText = textOf(message) !== "";
  const problem = run?.problem ?? null;
  const isError = message.status === "error";
  return (
    <div
      role={isError ? "alert" : undefined}
      className={`flex flex-col gap-3 rounded-xl px-4 py-3 text-sm ${
        isError ? "bg-danger-soft text-danger" : "bg-hover text-muted"
      }`}
    >
      <p className="flex items-start gap-2.5">
        {isError ? <WarningIcon className="mt-0.5 size-4" /> : <InfoIcon className="mt-0.5 size-4" />}
        <span>
          <Reason status={message.status} problem={problem} /> {hasText && <Kept status={message.status} />}
        </span>
      </p>
      {isLast && !message.superseded && (
        <div className="-ml-1 flex flex-wrap gap-2">
          {hasText && (
            <Button size="sm" onPress={() => replying.goOn(message.agent ?? "")}>
              <Trans>Continue</Trans>
            </Button>
          )}
          <Button size="sm" onPress={() => replying.retry(message.id)}>
            <RetryIcon className="size-4" />
            <Trans>Retry</Trans>
          </Button>
          {isError && <SwitchAgent message={message} replying={replying} />}
          {isError && <CopyDetails message={message} run={run} />}
        </div>
      )}
    </div>
  );
}

function Reason({ status, problem }: { status: ShownMessage["status"]; problem: RunProblem | null }): ReactNode {
  const problemText = useProblemText();
  if (status === "stopped") return <Trans>You stopped this answer.</Trans>;
  if (status === "interrupted") return <Trans>The server was interrupted during this answer.</Trans>;
  if (problem === null) return problemText("unexpected");
  return problemText(problem.code, problem.message);
}

function Kept({ status }: { status: ShownMessage["status"] }): ReactNode {
  if (status === "stopped") return <Trans>Its text so far is kept.</Trans>;
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
