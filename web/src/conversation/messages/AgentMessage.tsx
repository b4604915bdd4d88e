/** An agent's answer in whatever state it is: waiting, thinking, growing, finished, broken off. */
import { useLingui } from "@lingui/react/macro";
import { memo } from "react";
import { countCodePoints, type ShownMessage, type ShownRun, textOf } from "@/wire";
import { AgentMark } from "../AgentMark";
import { Fallible } from "../Fallible";
import { MarkdownText } from "../markdown/MarkdownText";
import { DemonstrationLabel } from "./DemonstrationLabel";
import { EndingNotice } from "./EndingNotice";
import { endingOf, isRetryable } from "./endings";
import { MessageActions } from "./MessageActions";
import { Remembered } from "./Remembered";
import type { Replying } from "./replying";
import { Undrawn } from "./Undrawn";
import { Waiting } from "./Waiting";

interface AgentMessageProps {
  message: ShownMessage;
  run: ShownRun | undefined;
  replying: Replying;
  /** The thread's last answer keeps its actions in sight and its notices whole. */
  isLast: boolean;
  /** Another answer of the thread is being written first. */
  isBehind: boolean;
}

export const AgentMessage = memo(function AgentMessage({
  message,
  run,
  replying,
  isLast,
  isBehind,
}: AgentMessageProps) {
  const { t } = useLingui();
  const text = textOf(message);
  const agent = message.agent ?? "";
  const name = replying.agentName(agent);
  const isUnfinished = message.status === "queued" || message.status === "streaming";
  const ending = endingOf(message, run);
  const isSilent = isUnfinished && text.trim() === "";
  return (
    <article
      aria-label={t`${name}’s answer`}
      aria-busy={isUnfinished}
      data-agent={agent}
      data-message-id={message.id}
      data-status={message.status}
      data-raw-length={countCodePoints(text)}
      className="group/message flex flex-col gap-2"
    >
      <header className="flex items-center gap-2.5">
        <AgentMark agent={agent} />
        <span className="font-semibold text-agent text-base">{name}</span>
      </header>
      {isSilent && <Waiting isBehind={isBehind} run={run} />}
      {text !== "" && (
        <Fallible subject={text} fallback={<Undrawn text={text} />}>
          <MarkdownText text={text} streaming={isUnfinished} />
        </Fallible>
      )}
      {isUnfinished && !isSilent && (
        // As high as the acts that follow the last word, so that nothing moves when they come.
        <div aria-hidden="true" className="flex h-8 items-center">
          <span className="thinking-dot" />
        </div>
      )}
      {!isUnfinished && (
        <>
          {ending && <EndingNotice message={message} run={run} ending={ending} replying={replying} isOpen={isLast} />}
          {run?.demonstration && text !== "" && <DemonstrationLabel whole={isLast} />}
          <Remembered run={run} />
          <MessageActions
            message={message}
            run={run}
            replying={replying}
            isLast={isLast}
            isRetriedAbove={isLast && isRetryable(ending)}
          />
        </>
      )}
    </article>
  );
});
