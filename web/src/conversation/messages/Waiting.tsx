/** The place of an answer that has no text yet. */
import { Trans } from "@lingui/react/macro";
import type { ShownRun } from "@/wire";
import { useElapsed } from "./use_elapsed";

/** Seconds after which waiting deserves a number. */
const COUNT_FROM_S = 3;

interface WaitingProps {
  /** Another answer of the thread is being written first. */
  isBehind: boolean;
  run: ShownRun | undefined;
}

export function Waiting({ isBehind, run }: WaitingProps) {
  const elapsed = useElapsed(run?.since);
  return (
    <p role="status" className="flex h-7 items-center gap-2.5 text-muted text-sm">
      <span aria-hidden="true" className="flex gap-1">
        <span className="thinking-dot" />
        <span className="thinking-dot" />
        <span className="thinking-dot" />
      </span>
      <span>{isBehind ? <Trans>Waiting its turn</Trans> : <Trans>Thinking</Trans>}</span>
      {elapsed >= COUNT_FROM_S && (
        // The seconds are for the eye: read aloud every second they would drown everything else.
        <span aria-hidden="true" className="animate-appear tabular-nums">
          <Trans>{elapsed} s</Trans>
        </span>
      )}
    </p>
  );
}
