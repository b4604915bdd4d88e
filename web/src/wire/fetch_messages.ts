// Reading a conversation's stored messages into the live state.
import { loadPage, openThread, type Page } from "./live/merge";
import { withGap } from "./live/reduce";
import { threadTopic } from "./live/state";
import { changeLive, useLive } from "./live/store";
import { useLogin } from "./login_state";
import { Problem } from "./problems";
import { bodyOf, rest } from "./rest";
import type { Thread } from "./types";

const PAGE = 50;

/** One page: what led to the message `before`, or with null the newest. Throws Problem. */
export async function fetchPage(thread: string, before: string | null, limit = PAGE) {
  const query = before === null ? { limit } : { limit, before };
  return bodyOf(
    await rest.GET("/api/threads/{thread_id}/messages", { params: { path: { thread_id: thread }, query } }),
  );
}

/**
 * Ask for the newest messages of the branch that is shown; where the server cannot be reached, read this device's copy.
 * Throws Problem. Frames that arrive meanwhile are kept; those that came too early are asked for again.
 */
export async function fetchNewest(thread: string): Promise<void> {
  const wasOnline = useLive.getState().connection.state === "online";
  changeLive((live) => openThread(live, thread));
  const [page, about] = await Promise.all([
    fetchPage(thread, null),
    rest.GET("/api/threads/{thread_id}", { params: { path: { thread_id: thread } } }).then(bodyOf),
  ]).catch((thrown) => copyOr(thrown, thread));
  changeLive((live) => {
    const loaded = loadPage(live, thread, page, "newest", Date.now());
    const known = { ...loaded, threads: { ...loaded.threads, [thread]: later(loaded.threads[thread], about) } };
    return wasOnline ? known : withGap(known, threadTopic(thread), page.seq);
  });
}

/** What this device has of a conversation that the server could not be asked for. Throws what was thrown. */
async function copyOr(thrown: unknown, thread: string): Promise<[Page, Thread]> {
  const user = useLogin.getState().me?.user_id;
  if (!(thrown instanceof Problem) || thrown.status !== 0 || user === undefined) throw thrown;
  const copy = await (await import("./reading_copy")).readCopy(user, thread, Date.now());
  if (copy === undefined) throw thrown;
  return [copy, copy.thread];
}

const later = (known: Thread | undefined, incoming: Thread) =>
  known !== undefined && known.updated_at > incoming.updated_at ? known : incoming;
