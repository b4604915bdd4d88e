// What this device knows of the user's conversations, as plain data that only `reduce` and `loadPage` change.
import type { Folder, Message, Position, ShownRun, Thread } from "../types";

/** A thread whose messages have been asked for: those of the branch that is shown and of others that were. */
export type LoadedThread = {
  /** The last message of the branch that is shown, and the frame of the thread's topic that said so. */
  leaf: string | null;
  leafAt: number;
  messages: Readonly<Record<string, Message>>;
  /** Code points of each part of a message that is still growing, so that a delta need not count the text again. */
  lengths: Readonly<Record<string, readonly number[]>>;
};

export type LiveState = {
  /** Last applied frame of each followed topic. */
  positions: Readonly<Record<string, number>>;
  /** Topics with missing frames and the position to ask from; the socket asks, and settles them when answered. */
  gaps: Readonly<Record<string, number>>;
  /** Newest state of each thread that was heard of. */
  threads: Readonly<Record<string, Thread>>;
  /** Threads that were deleted, and until when they can be brought back (null: they are gone). */
  deleted: Readonly<Record<string, string | null>>;
  /** The person's folders in their order, once a frame has told them. */
  folders: readonly Folder[] | undefined;
  loaded: Readonly<Record<string, LoadedThread>>;
  /** In which loaded thread a message is. */
  homes: Readonly<Record<string, string>>;
  runs: Readonly<Record<string, ShownRun>>;
  /** The client's own key of messages that were sent from this page. */
  keys: Readonly<Record<string, string>>;
};

export const NOTHING: LiveState = {
  positions: {},
  gaps: {},
  threads: {},
  deleted: {},
  folders: undefined,
  loaded: {},
  homes: {},
  runs: {},
  keys: {},
};

export const EMPTY_THREAD: LoadedThread = { leaf: null, leafAt: 0, messages: {}, lengths: {} };

/** The messages of the branch that is shown, oldest first, as far back as they are held. */
export function shownBranch({ leaf, messages }: LoadedThread): Message[] {
  const branch: Message[] = [];
  let at = messages[leaf ?? ""];
  while (at !== undefined) {
    branch.push(at);
    at = messages[at.parent ?? ""];
  }
  return branch.reverse();
}

/** The runs that are not over of the messages after `message` in the branch that is shown. */
export function unendedRunsAfter({ loaded, homes, runs }: LiveState, message: string): ShownRun[] {
  const branch = shownBranch(loaded[homes[message] ?? ""] ?? EMPTY_THREAD).map(({ id }) => id);
  const after = new Set(branch.slice(branch.indexOf(message)));
  return Object.values(runs).filter((run) => run.state !== "ended" && after.has(run.message));
}

/** Whether nobody has begun to answer a message, because another answer of its thread is being written first. */
export function waitsItsTurn({ loaded, homes, runs }: LiveState, message: string): boolean {
  const thread = loaded[homes[message] ?? ""];
  const answers = Object.values(thread?.messages ?? {}).filter(({ parent }) => parent === message);
  if (answers.length === 0 || answers.some(({ status }) => status !== "queued")) return false;
  const own = new Set(answers.map(({ id }) => id));
  const home = homes[message];
  return Object.values(runs).some((run) => run.thread === home && run.state !== "ended" && isBefore(run, own, runs));
}

/** Runs have ids in the order in which they were queued. */
function isBefore(run: ShownRun, answers: ReadonlySet<string>, runs: LiveState["runs"]): boolean {
  return (
    !answers.has(run.message) && Object.values(runs).some(({ id, message }) => answers.has(message) && run.id < id)
  );
}

export const threadTopic = (thread: string) => `thread:${thread}`;

export const isGrowing = (message: Message) => message.status === "queued" || message.status === "streaming";

/** What `hello` asks to continue: the user's topic, loaded threads, and runs of theirs that have not ended. */
export function resumePoints(state: LiveState): Position[] {
  const isWorthResuming = (topic: string) => {
    if (!topic.startsWith("run:")) return true;
    const run = state.runs[topic.slice("run:".length)];
    return run !== undefined && run.state !== "ended" && state.loaded[run.thread] !== undefined;
  };
  return Object.entries(state.positions)
    .filter(([topic]) => isWorthResuming(topic))
    .map(([topic, seq]) => ({ topic, seq }))
    .slice(-500);
}

export function textOf(message: Message): string {
  return message.parts.map((part) => part.text).join("");
}
