// Putting messages and runs into the state without ever going back: finished beats growing, longer beats shorter.
import { countCodePoints } from "../code_points";
import type { Message, Run, ShownRun } from "../types";
import { EMPTY_THREAD, isGrowing, type LiveState, type LoadedThread, textOf, threadTopic } from "./state";

export type Page = { messages: Message[]; seq: number };

/** The more complete of two versions of one message. */
function laterOf(known: Message | undefined, incoming: Message): Message {
  if (known === undefined) return incoming;
  const siblings = known.siblings.length > incoming.siblings.length ? known.siblings : incoming.siblings;
  const isBehind = isGrowing(incoming) && (!isGrowing(known) || textOf(known).length > textOf(incoming).length);
  return { ...(isBehind ? known : incoming), siblings };
}

const RUN_STAGES = { queued: 0, running: 1, ended: 2 } as const;

/** The more advanced of two versions of one run; what only one of them knows is kept. */
function laterRun(known: ShownRun | undefined, incoming: Run, now: number): ShownRun {
  if (known === undefined) return { ...incoming, since: now };
  const isBehind = RUN_STAGES[incoming.state] < RUN_STAGES[known.state];
  const [older, newer] = isBehind ? [incoming, known] : [known, incoming];
  return {
    ...newer,
    usage: newer.usage ?? older.usage,
    problem: newer.problem ?? older.problem,
    finish_reason: newer.finish_reason ?? older.finish_reason,
    model: newer.model ?? older.model,
    provider: newer.provider ?? older.provider,
    recalled: newer.recalled?.length ? newer.recalled : older.recalled,
    known: (newer.known?.length ? newer.known : older.known) ?? [],
    demonstration: newer.demonstration || older.demonstration,
    since: known.since,
  };
}

export function withRun(state: LiveState, run: Run, now: number): LiveState {
  return { ...state, runs: { ...state.runs, [run.id]: laterRun(state.runs[run.id], run, now) } };
}

const lengthsOf = (message: Message) => message.parts.map((part) => countCodePoints(part.text));

/** What an older server said of a message says nothing of branches: it follows `before`. */
function placed(message: Message, before: string | null): Message {
  if (message.parent !== undefined) return message;
  return { ...message, parent: before, siblings: [] };
}

/** What stands beside one message stands beside all of them. */
function withSiblings(messages: LoadedThread["messages"], siblings: readonly string[]): LoadedThread["messages"] {
  const behind = siblings.flatMap((id) => messages[id] ?? []).filter((held) => held.siblings.length < siblings.length);
  return { ...messages, ...Object.fromEntries(behind.map((held) => [held.id, { ...held, siblings: [...siblings] }])) };
}

function putMessage(thread: LoadedThread, incoming: Message): LoadedThread {
  const known = thread.messages[incoming.id];
  const message = laterOf(known, placed(incoming, known ? known.parent : thread.leaf));
  const { [message.id]: _, ...otherLengths } = thread.lengths;
  return {
    ...thread,
    messages: withSiblings({ ...thread.messages, [message.id]: message }, message.siblings),
    lengths: isGrowing(message) ? { ...thread.lengths, [message.id]: lengthsOf(message) } : otherLengths,
  };
}

/** Add or complete a message of a thread that is loaded; other threads' messages are asked for when they are opened. */
export function withMessage(state: LiveState, message: Message, now: number): LiveState {
  const thread = state.loaded[message.thread];
  const withItsRun = message.run ? withRun(state, message.run, now) : state;
  if (thread === undefined) return withItsRun;
  return {
    ...withItsRun,
    loaded: { ...state.loaded, [message.thread]: putMessage(thread, message) },
    homes: state.homes[message.id] ? state.homes : { ...state.homes, [message.id]: message.thread },
  };
}

/** Change a message that is known; nothing happens when it is not. */
export function changeMessage(state: LiveState, id: string, change: (message: Message) => Message): LiveState {
  const home = state.homes[id];
  const thread = home === undefined ? undefined : state.loaded[home];
  const message = thread?.messages[id];
  if (home === undefined || thread === undefined || message === undefined) return state;
  const messages = { ...thread.messages, [id]: change(message) };
  return { ...state, loaded: { ...state.loaded, [home]: { ...thread, messages } } };
}

/** Begin to hold a thread's messages. */
export function openThread(state: LiveState, thread: string): LiveState {
  if (state.loaded[thread]) return state;
  return { ...state, loaded: { ...state.loaded, [thread]: EMPTY_THREAD } };
}

/**
 * Show the branch that ends at `leaf`, as the frame `seq` of the thread's topic says, unless a later one said otherwise.
 * Without `seq` this device itself says so, until the topic does. A message that is not held cannot be shown.
 */
export function showBranch(state: LiveState, thread: string, leaf: string, seq?: number): LiveState {
  const known = state.loaded[thread];
  const leafAt = seq ?? known?.leafAt ?? 0;
  if (known?.messages[leaf] === undefined || leafAt < known.leafAt) return state;
  return { ...state, loaded: { ...state.loaded, [thread]: { ...known, leaf, leafAt } } };
}

type Withdrawn = { messages: string[]; parent: string | null; leaf: string | null };

/** Take messages out that were taken back while they waited: what followed them follows what was before them. */
export function withoutMessages(state: LiveState, thread: string, gone: Withdrawn, seq: number): LiveState {
  const isGone = new Set(gone.messages);
  const runs = Object.fromEntries(Object.entries(state.runs).filter(([, run]) => !isGone.has(run.message)));
  const known = state.loaded[thread];
  if (known === undefined) return { ...state, runs };
  const kept = Object.values(known.messages)
    .filter(({ id }) => !isGone.has(id))
    .map((message) => ({
      ...message,
      parent: isGone.has(message.parent ?? "") ? gone.parent : message.parent,
      siblings: message.siblings.filter((id) => !isGone.has(id)),
    }))
    .map((message) => (message.siblings.length > 1 ? message : { ...message, siblings: [] }));
  const messages = Object.fromEntries(kept.map((message) => [message.id, message]));
  const leaf = isGone.has(known.leaf ?? "") ? null : known.leaf;
  const loaded = { ...state.loaded, [thread]: { ...known, messages, leaf } };
  return gone.leaf === null
    ? { ...state, runs, loaded }
    : showBranch({ ...state, runs, loaded }, thread, gone.leaf, seq);
}

/** Take in a page of stored messages: the newest one also says which branch is shown and where the thread's topic stands. */
export function loadPage(
  state: LiveState,
  thread: string,
  page: Page,
  which: "newest" | "older",
  now: number,
): LiveState {
  const opened = openThread(state, thread);
  const filled = page.messages.reduce(
    (next, message, index) => withMessage(next, placed(message, page.messages[index - 1]?.id ?? null), now),
    opened,
  );
  if (which === "older") return filled;
  const leaf = page.messages.at(-1)?.id;
  const shown = leaf === undefined ? filled : showBranch(filled, thread, leaf, page.seq);
  const topic = threadTopic(thread);
  return {
    ...shown,
    positions: { ...shown.positions, [topic]: Math.max(shown.positions[topic] ?? 0, page.seq) },
  };
}
