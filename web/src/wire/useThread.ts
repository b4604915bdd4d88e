// One conversation as a screen needs it: stored messages, those on their way, and the runs that fill them.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { fetchNewest, fetchPage } from "./fetch_messages";
import { loadPage } from "./live/merge";
import { ownMessage, saysSomething } from "./live/own_message";
import { EMPTY_THREAD, type LiveState, shownBranch, waitsItsTurn } from "./live/state";
import { changeLive, type KeptItem, useLive } from "./live/store";
import { refusalOf } from "./problems";
import type { Message, Refusal, SayingCommand, ShownMessage, ShownRun, ThreadView } from "./types";

type Loading = {
  status: "loading" | "ready" | "failed";
  problem?: Refusal;
  isLoadingOlder: boolean;
};

const FIRST: Loading = { status: "loading", isLoadingOlder: false };
const NEW: Loading = { ...FIRST, status: "ready" };

const shownBefore = new WeakMap<Message, ShownMessage>();

/** The same object for the same message, so that components which compare by identity draw it once. */
function stored(message: Message, key: string): ShownMessage {
  const before = shownBefore.get(message);
  if (before?.key === key) return before;
  const shown: ShownMessage = { ...message, key, delivery: "stored" };
  shownBefore.set(message, shown);
  return shown;
}

/** What the server has stored of the branch that is shown, then what this device still has to deliver. */
function shownMessages(live: LiveState, outbox: readonly KeptItem[], threadId: string | undefined): ShownMessage[] {
  const thread = live.loaded[threadId ?? ""] ?? EMPTY_THREAD;
  const safe = shownBranch(thread).map((message) => stored(message, live.keys[message.id] ?? message.id));
  const known = new Set(Object.keys(thread.messages).map((id) => live.keys[id]));
  return outbox
    .filter(({ command }) => !known.has(command.cid))
    .reduce((shown, item) => withUnsent(shown, item, threadId, live), safe);
}

/** Where a command's words stand among messages; -1: in another thread. */
function placeOf(
  command: SayingCommand,
  shown: readonly ShownMessage[],
  threadId: string | undefined,
  live: LiveState,
) {
  if (command.cmd === "message.edit") return shown.findIndex(({ id }) => id === command.message);
  const thread = command.cmd === "run.steer" ? live.runs[command.run]?.thread : (command.thread ?? undefined);
  return thread === threadId ? shown.length : -1;
}

/**
 * An edited message stands in place of what it replaces and all that followed, until it is stored as a branch of its
 * own; one that waits for its answer, only in its own place.
 */
function withUnsent(
  shown: ShownMessage[],
  { command, at, refusal }: KeptItem,
  threadId: string | undefined,
  live: LiveState,
) {
  if (!saysSomething(command)) return shown;
  const place = placeOf(command, shown, threadId, live);
  if (place < 0) return shown;
  const own: ShownMessage = {
    ...ownMessage(command, at),
    key: command.cid,
    thread: threadId ?? "",
    agent: command.agent ?? null,
    delivery: refusal ? "refused" : "pending",
    ...(refusal ? { refusal } : {}),
  };
  const isInPlace = command.cmd === "message.edit" && !refusal && waitsItsTurn(live, command.message);
  return [...shown.slice(0, place), own, ...(isInPlace ? shown.slice(place + 1) : [])];
}

function runsByMessage(live: LiveState, threadId: string | undefined): Record<string, ShownRun> {
  const own = Object.values(live.runs).filter((run) => run.thread === threadId);
  return Object.fromEntries(own.map((run) => [run.message, run]));
}

/** Follow a conversation; without an id, one that has not begun: only messages on their way. */
export function useThread(threadId: string | undefined): ThreadView {
  const [loading, setLoading] = useState<Loading>(threadId ? FIRST : NEW);
  const [tries, setTries] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another try is what `tries` is for
  useEffect(() => {
    if (threadId === undefined) return setLoading(NEW);
    let isCurrent = true;
    setLoading(FIRST);
    fetchNewest(threadId).then(
      () => isCurrent && setLoading(NEW),
      (thrown) => isCurrent && setLoading({ ...FIRST, status: "failed", problem: refusalOf(thrown) }),
    );
    return () => {
      isCurrent = false;
    };
  }, [threadId, tries]);

  const couldNotAsk = useRef(false);
  couldNotAsk.current = loading.status === "failed" && loading.problem?.code === "unreachable";
  const isOnline = useLive((store) => store.connection.state === "online");
  useEffect(() => {
    if (isOnline && couldNotAsk.current) setTries((count) => count + 1);
  }, [isOnline]);

  const live = useLive((store) => store.live);
  const outbox = useLive((store) => store.outbox);
  const messages = useMemo(() => shownMessages(live, outbox, threadId), [live, outbox, threadId]);
  const runs = useMemo(() => runsByMessage(live, threadId), [live, threadId]);

  const first = messages.find(({ delivery }) => delivery === "stored");
  const before = first && first.parent !== null ? first.id : null;
  const loadOlder = useCallback(
    async (count?: number) => {
      if (threadId === undefined || before === null || loading.isLoadingOlder) return;
      setLoading({ ...loading, isLoadingOlder: true });
      try {
        const page = await fetchPage(threadId, before, count);
        changeLive((state) => loadPage(state, threadId, page, "older", Date.now()));
        setLoading({ ...loading, isLoadingOlder: false });
      } catch (thrown) {
        setLoading({ ...loading, isLoadingOlder: false, problem: refusalOf(thrown) });
      }
    },
    [threadId, loading, before],
  );

  const hasSome = messages.length > 0;
  return {
    status: loading.status === "loading" && hasSome ? "ready" : loading.status,
    thread: live.threads[threadId ?? ""],
    messages,
    runs,
    problem: loading.problem,
    hasOlder: before !== null && loading.status === "ready",
    isLoadingOlder: loading.isLoadingOlder,
    loadOlder,
    reload: useCallback(() => setTries((count) => count + 1), []),
  };
}
