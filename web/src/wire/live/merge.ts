// Putting messages and runs into the state without ever going back: finished beats growing, longer beats shorter.
import { countCodePoints } from "../code_points";
import type { Message, Run, ShownRun } from "../types";
import { EMPTY_THREAD, isGrowing, type LiveState, type LoadedThread, textOf, threadTopic } from "./state";

type Page = { messages: Message[]; seq: number };

/** The more complete of two versions of one message. */
function laterOf(known: Message | undefined, incoming: Message): Message {
  if (known === undefined) return incoming;
  const superseded = known.superseded || incoming.superseded;
  const isBehind = isGrowing(incoming) && (!isGrowing(known) || textOf(known).length > textOf(incoming).length);
  return { ...(isBehind ? known : incoming), superseded };
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
    demonstration: newer.demonstration || older.demonstration,
    since: known.since,
  };
}

export function withRun(state: LiveState, run: Run, now: number): LiveState {
  return { ...state, runs: { ...state.runs, [run.id]: laterRun(state.runs[run.id], run, now) } };
}

const lengthsOf = (message: Message) => message.parts.map((part) => countCodePoints(part.text));

function putMessage(thread: LoadedThread, incoming: Message): LoadedThread {
  const known = thread.messages[incoming.id];
  const message = laterOf(known, incoming);
  const { [message.id]: _, ...otherLengths } = thread.lengths;
  return {
    order: known ? thread.order : [...thread.order, message.id],
    messages: { ...thread.messages, [message.id]: message },
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

/** Take in a page of stored messages: the newest one also says where the thread's topic stands. */
export function loadPage(
  state: LiveState,
  thread: string,
  page: Page,
  which: "newest" | "older",
  now: number,
): LiveState {
  const opened = openThread(state, thread);
  const before = opened.loaded[thread] ?? EMPTY_THREAD;
  const filled = page.messages.reduce((next, message) => withMessage(next, message, now), opened);
  const after = filled.loaded[thread] ?? EMPTY_THREAD;
  const ids = page.messages.map((message) => message.id);
  const isInPage = new Set(ids);
  const others = before.order.filter((id) => !isInPage.has(id));
  const order =
    which === "older" ? [...ids, ...others] : [...olderThan(before, ids), ...ids, ...newerThan(before, ids)];
  const loaded = { ...filled.loaded, [thread]: { ...after, order } };
  if (which === "older") return { ...filled, loaded };
  const topic = threadTopic(thread);
  return {
    ...filled,
    loaded,
    positions: { ...filled.positions, [topic]: Math.max(filled.positions[topic] ?? 0, page.seq) },
  };
}

/** Known messages that come before the page: those in front of the first one that both have. */
function olderThan(before: LoadedThread, ids: readonly string[]): readonly string[] {
  const first = before.order.findIndex((id) => ids.includes(id));
  return first < 0 ? [] : before.order.slice(0, first);
}

/** Known messages that come after the page or that it does not have yet. */
function newerThan(before: LoadedThread, ids: readonly string[]): readonly string[] {
  const first = before.order.findIndex((id) => ids.includes(id));
  return before.order.slice(Math.max(first, 0)).filter((id) => !ids.includes(id));
}
