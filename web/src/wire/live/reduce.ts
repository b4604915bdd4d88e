// The one place where frames become state: pure, and safe against doubled, late, reordered and missing frames.
import { countCodePoints } from "../code_points";
import type { Frame, Message, Run, Thread } from "../types";
import { changeMessage, showBranch, withMessage, withoutMessages, withRun } from "./merge";
import { isGrowing, type LiveState, threadTopic } from "./state";

type TopicFrame = Extract<Frame, { seq: number }>;
type Delta = Extract<Frame, { type: "message.delta" }>;
type Snapshot = Extract<Frame, { type: "message.snapshot" }>;
type Welcome = Extract<Frame, { type: "welcome" }>;

/** Apply one frame; `now` is this device's clock in milliseconds. Frames of unknown types change nothing. */
export function reduce(state: LiveState, frame: Frame, now: number): LiveState {
  if (frame.type === "welcome") return welcome(state, frame, now);
  if (frame.type === "message.snapshot") return snapshot(state, frame);
  if (frame.type === "topic.reset") return reset(state, frame.topic, frame.data.seq);
  if (!("topic" in frame)) return state;
  const position = state.positions[frame.topic];
  if (position !== undefined && frame.seq <= position) return state;
  if (frame.type === "message.delta") return delta(state, frame, position);
  return applied(advanced(state, frame, position), frame, now);
}

/** Say that the missing frames of a topic were asked for and answered. */
export function settle(state: LiveState, topic: string): LiveState {
  if (state.gaps[topic] === undefined) return state;
  const { [topic]: _, ...gaps } = state.gaps;
  return { ...state, gaps };
}

function welcome(state: LiveState, { data }: Welcome, now: number): LiveState {
  const user = `user:${data.user}`;
  const stands = data.positions.find((position) => position.topic === user)?.seq ?? 0;
  const positions = { ...state.positions, [user]: state.positions[user] ?? stands };
  return data.running.reduce((next, run) => withRun(next, run, now), { ...state, positions, gaps: {} });
}

/** What the user's topic told before is old now: lists are read again, and nothing old may stand before them. */
function reset(state: LiveState, topic: string, seq: number): LiveState {
  const settled = settle(moved(state, topic, seq), topic);
  return topic.startsWith("user:") ? { ...settled, threads: {}, deleted: {}, folders: undefined } : settled;
}

/** Ask for what is missing after `from`, once; topics that nothing on this device shows are left alone. */
export function withGap(state: LiveState, topic: string, from: number): LiveState {
  if (state.gaps[topic] !== undefined || !isFollowed(state, topic)) return state;
  return { ...state, gaps: { ...state.gaps, [topic]: from } };
}

/** The user's topic, the threads that are loaded, and their runs. */
function isFollowed(state: LiveState, topic: string): boolean {
  const [kind, id = ""] = topic.split(":");
  if (kind === "user") return true;
  const thread = kind === "run" ? state.runs[id]?.thread : id;
  return thread !== undefined && state.loaded[thread] !== undefined;
}

const moved = (state: LiveState, topic: string, seq: number): LiveState => ({
  ...state,
  positions: { ...state.positions, [topic]: seq },
});

/** Move the topic's position when the frame is the next one; note a gap when frames between are missing. */
function advanced(state: LiveState, frame: TopicFrame, position: number | undefined): LiveState {
  if (frame.topic.startsWith("thread:") && !isFollowed(state, frame.topic)) return state;
  if (frame.seq === (position ?? 0) + 1) return moved(state, frame.topic, frame.seq);
  return position === undefined ? state : withGap(state, frame.topic, position);
}

/** Contents are whole and carry ids, so applying one early is harmless: the replay of the gap changes nothing more. */
function applied(state: LiveState, frame: Exclude<TopicFrame, Delta>, now: number): LiveState {
  switch (frame.type) {
    case "message.created": {
      const { message } = frame.data;
      return showBranch(withMessage(state, message, now), message.thread, message.id, frame.seq);
    }
    case "message.final":
      return withMessage(state, frame.data.message, now);
    case "message.withdrawn":
      return withoutMessages(state, frame.topic.slice("thread:".length), frame.data, frame.seq);
    case "branch.selected":
      return showBranch(state, frame.topic.slice("thread:".length), frame.data.leaf, frame.seq);
    case "thread.updated":
      return withThread(state, frame.data.thread);
    case "thread.deleted":
      return withoutThread(state, frame.data.thread, frame.data.restorable_until ?? null);
    case "folders.updated":
      return { ...state, folders: frame.data.folders };
    case "run.queued":
    case "run.started":
      return withRun(state, frame.data.run, now);
    case "memory.recalled":
      return withRunOf(state, frame.topic, now, (run) => ({
        ...run,
        recalled: frame.data.items,
        known: frame.data.known,
      }));
    case "message.error":
      return withRunOf(state, frame.topic, now, (run) => ({ ...run, problem: frame.data.problem }));
    case "run.usage":
      return withRunOf(state, frame.topic, now, (run) => ({ ...run, usage: frame.data.usage }));
    case "run.ended":
      return withRunOf(state, frame.topic, now, (run) => ({ ...run, state: "ended", outcome: frame.data.reason }));
    default:
      return state;
  }
}

/** Take in how a thread is now; one that was deleted is back with it. */
export function withThread(state: LiveState, thread: Thread): LiveState {
  const { [thread.id]: until, ...others } = state.deleted;
  const deleted = until === undefined ? state.deleted : others;
  const known = state.threads[thread.id];
  if (known !== undefined && known.updated_at > thread.updated_at) return { ...state, deleted };
  return { ...state, deleted, threads: { ...state.threads, [thread.id]: thread } };
}

/** Forget a thread and what was said in it; its topic no longer exists, so nothing is asked of it either. */
export function withoutThread(state: LiveState, thread: string, restorableUntil: string | null): LiveState {
  const { [thread]: _thread, ...threads } = state.threads;
  const { [thread]: _loaded, ...loaded } = state.loaded;
  const { [threadTopic(thread)]: _position, ...positions } = state.positions;
  const { [threadTopic(thread)]: _gap, ...gaps } = state.gaps;
  const deleted = { ...state.deleted, [thread]: restorableUntil };
  return { ...state, threads, loaded, positions, gaps, deleted };
}

function withRunOf(state: LiveState, topic: string, now: number, change: (run: Run) => Run): LiveState {
  const run = state.runs[topic.slice("run:".length)];
  return run === undefined ? state : withRun(state, change(run), now);
}

/** Append text whose offset is the length held; ignore text that is held already; ask for what is missing. */
function delta(state: LiveState, frame: Delta, position: number | undefined): LiveState {
  const { message: id, part, offset, text } = frame.data;
  if (state.homes[id] === undefined) return state; // not shown here, or not created yet: the position must not pass it
  const found = growing(state, id);
  const length = found?.lengths[part] ?? 0;
  if (found === undefined || offset < length) {
    return frame.seq === (position ?? 0) + 1 ? moved(state, frame.topic, frame.seq) : state;
  }
  if (offset > length) return withGap(state, frame.topic, position ?? 0);
  const grown = (found.message.parts[part]?.text ?? "") + text;
  return withText(moved(state, frame.topic, frame.seq), found, part, grown, length + countCodePoints(text));
}

type Growing = { message: Message; lengths: readonly number[] };

/** The message when it is in a loaded thread and not finished: a finished one is never touched by late text. */
function growing(state: LiveState, id: string): Growing | undefined {
  const thread = state.loaded[state.homes[id] ?? ""];
  const message = thread?.messages[id];
  if (message === undefined || !isGrowing(message)) return undefined;
  return { message, lengths: thread?.lengths[id] ?? [] };
}

function withText(
  state: LiveState,
  { message, lengths }: Growing,
  part: number,
  text: string,
  length: number,
): LiveState {
  const parts = [...message.parts];
  parts[part] = { kind: "text", text };
  const changed = changeMessage(state, message.id, () => ({ ...message, parts, status: "streaming" }));
  const thread = changed.loaded[message.thread];
  if (thread === undefined) return changed;
  const counted = [...lengths];
  counted[part] = length;
  const grown = { ...thread, lengths: { ...thread.lengths, [message.id]: counted } };
  return { ...changed, loaded: { ...changed.loaded, [message.thread]: grown } };
}

function snapshot(state: LiveState, { topic, data }: Snapshot): LiveState {
  const seq = Math.max(state.positions[topic] ?? 0, data.upto_seq);
  const filled = settle(moved(state, topic, seq), topic);
  const found = growing(state, data.message);
  if (found === undefined) return filled;
  const length = countCodePoints(data.text);
  return length < (found.lengths[data.part] ?? 0) ? filled : withText(filled, found, data.part, data.text, length);
}

/** A run has ended but its message was never finished here: the thread's last frame was lost, so ask for it. */
export function askForLostEnd(state: LiveState, run: string): LiveState {
  const known = state.runs[run];
  if (known?.state !== "ended" || growing(state, known.message) === undefined) return state;
  const topic = threadTopic(known.thread);
  return withGap(state, topic, state.positions[topic] ?? 0);
}
