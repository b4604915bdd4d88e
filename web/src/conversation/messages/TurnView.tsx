/** One turn: the question and its answer. */
import { memo } from "react";
import type { ShownMessage, ShownRun } from "@/wire";
import { AgentMessage } from "./AgentMessage";
import type { Replying } from "./replying";
import { isUnfinished, type Turn } from "./turns";
import { UserMessage } from "./UserMessage";

export interface TurnViewProps {
  turn: Turn;
  runs: Readonly<Record<string, ShownRun>>;
  replying: Replying;
  isLast: boolean;
  /** As tall as the view, so that the question can stand at its top. */
  isRoomy: boolean;
  /** The answer that is being written now; others that are not finished wait for it. */
  writing: string | undefined;
}

export const TurnView = memo(function TurnView({ turn, runs, replying, isLast, isRoomy, writing }: TurnViewProps) {
  return (
    <div className="turn" data-roomy={isRoomy || undefined}>
      {turn.question && (
        <UserMessage message={turn.question} replying={replying} isWaiting={waits(turn.answers, writing)} />
      )}
      {turn.answers.map((message, index) => (
        <AgentMessage
          key={message.key}
          message={message}
          run={runOf(message, runs)}
          replying={replying}
          isLast={isLast && index === turn.answers.length - 1}
          isBehind={writing !== undefined && writing !== message.id}
        />
      ))}
    </div>
  );
}, isSameTurn);

/** Nobody has begun to answer: the question can still be taken back. */
const waits = (answers: readonly ShownMessage[], writing: string | undefined) =>
  answers.length > 0 && answers.every(({ id, status }) => status === "queued" && id !== writing);

function runOf(message: ShownMessage, runs: Readonly<Record<string, ShownRun>>): ShownRun | undefined {
  const run = runs[message.id];
  if (run !== undefined || message.run === null) return run;
  return { ...message.run, since: Date.parse(message.created_at) };
}

/** The record of runs changes with every run of the thread; a turn is drawn again only for its own. */
export function isSameTurn(before: TurnViewProps, after: TurnViewProps): boolean {
  return (
    before.turn === after.turn &&
    before.replying === after.replying &&
    before.isLast === after.isLast &&
    before.isRoomy === after.isRoomy &&
    (before.writing === after.writing || !after.turn.answers.some(isUnfinished)) &&
    after.turn.answers.every(({ id }) => before.runs[id] === after.runs[id])
  );
}
