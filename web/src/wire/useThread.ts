// One conversation as a screen needs it: stored messages, those on their way, and the runs that fill them.
import { useCallback, useEffect, useMemo, useState } from "react";
import { fetchNewest, fetchPage } from "./fetch_messages";
import { loadPage } from "./live/merge";
import { EMPTY_THREAD, type LiveState } from "./live/state";
import { changeLive, type KeptItem, useLive } from "./live/store";
import { refusalOf } from "./problems";
import type { Message, Refusal, ShownMessage, ShownRun, ThreadView } from "./types";

type Loading = {
  status: "loading" | "ready" | "failed";
  problem?: Refusal;
  next: string | null;
  isLoadingOlder: boolean;
};

const FIRST: Loading = { status: "loading", next: null, isLoadingOlder: false };
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

/** What the server has stored, then what this device still has to deliver. */
function shownMessages(live: LiveState, outbox: readonly KeptItem[], threadId: string | undefined): ShownMessage[] {
  const { order, messages } = live.loaded[threadId ?? ""] ?? EMPTY_THREAD;
  const safe = order.flatMap((id) => {
    const message = messages[id];
    return message ? [stored(message, live.keys[id] ?? id)] : [];
  });
  const known = new Set(safe.map((message) => message.key));
  return [...safe, ...outbox.flatMap((item) => waiting(item, threadId)).filter((message) => !known.has(message.key))];
}

function waiting({ command, at, refusal }: KeptItem, threadId: string | undefined): ShownMessage[] {
  if (command.cmd !== "message.send" || (command.thread ?? undefined) !== threadId) return [];
  return [
    {
      id: command.cid,
      key: command.cid,
      thread: threadId ?? "",
      role: "user",
      agent: command.agent,
      status: "complete",
      parts: [{ kind: "text", text: command.text }],
      created_at: new Date(at).toISOString(),
      reply_to: null,
      superseded: false,
      run: null,
      delivery: refusal ? "refused" : "pending",
      ...(refusal ? { refusal } : {}),
    },
  ];
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
      (next) => isCurrent && setLoading({ ...NEW, next }),
      (thrown) => isCurrent && setLoading({ ...FIRST, status: "failed", problem: refusalOf(thrown) }),
    );
    return () => {
      isCurrent = false;
    };
  }, [threadId, tries]);

  const live = useLive((store) => store.live);
  const outbox = useLive((store) => store.outbox);
  const messages = useMemo(() => shownMessages(live, outbox, threadId), [live, outbox, threadId]);
  const runs = useMemo(() => runsByMessage(live, threadId), [live, threadId]);

  const loadOlder = useCallback(async () => {
    if (threadId === undefined || loading.next === null || loading.isLoadingOlder) return;
    setLoading({ ...loading, isLoadingOlder: true });
    try {
      const page = await fetchPage(threadId, loading.next);
      changeLive((state) => loadPage(state, threadId, page, "older", Date.now()));
      setLoading({ ...loading, next: page.next ?? null, isLoadingOlder: false });
    } catch (thrown) {
      setLoading({ ...loading, isLoadingOlder: false, problem: refusalOf(thrown) });
    }
  }, [threadId, loading]);

  const hasSome = messages.length > 0;
  return {
    status: loading.status === "loading" && hasSome ? "ready" : loading.status,
    thread: live.threads[threadId ?? ""],
    messages,
    runs,
    problem: loading.problem,
    hasOlder: loading.next !== null,
    isLoadingOlder: loading.isLoadingOlder,
    loadOlder,
    reload: useCallback(() => setTries((count) => count + 1), []),
  };
}
