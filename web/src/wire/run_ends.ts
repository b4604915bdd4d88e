// Hears of runs that end, in whichever conversation.
import { useLive } from "./live/store";
import { queries } from "./questions";
import type { ShownRun, Thread } from "./types";

const REPLAYED_WITHIN_MS = 1_000;

/**
 * Call `told` with each run that was not over and is now, and what its conversation is called; returns how to stop.
 * A run that was first heard of a moment ago is one that is told again, after a reload or a broken connection.
 */
export function onRunEnded(told: (run: ShownRun, title: string | undefined) => void): () => void {
  return useLive.subscribe(({ live }, before) => {
    if (live.runs === before.live.runs) return;
    for (const run of Object.values(live.runs)) {
      const known = before.live.runs[run.id];
      if (run.state !== "ended" || known === undefined || known.state === "ended") continue;
      if (Date.now() - known.since < REPLAYED_WITHIN_MS) continue;
      if (live.deleted[run.thread] === undefined) told(run, (live.threads[run.thread] ?? listed(run.thread))?.title);
    }
  });
}

type Pages = { pages?: { threads?: Thread[] }[] };

/** A conversation of which no frame has told yet, as the list on this page has it. */
const listed = (id: string): Thread | undefined =>
  queries
    .getQueriesData<Pages>({ queryKey: ["threads"] })
    .flatMap(([, data]) => data?.pages ?? [])
    .flatMap(({ threads }) => threads ?? [])
    .find((thread) => thread.id === id);
