// Reading a conversation's stored messages into the live state.
import { loadPage, openThread } from "./live/merge";
import { withGap } from "./live/reduce";
import { threadTopic } from "./live/state";
import { changeLive, useLive } from "./live/store";
import { bodyOf, rest } from "./rest";
import type { Thread } from "./types";

const PAGE = 50;

/** One page: what led to the message `before`, or with null the newest. Throws Problem. */
export async function fetchPage(thread: string, before: string | null) {
  const query = before === null ? { limit: PAGE } : { limit: PAGE, before };
  return bodyOf(
    await rest.GET("/api/threads/{thread_id}/messages", { params: { path: { thread_id: thread }, query } }),
  );
}

/** Ask for the newest messages of the branch that is shown. Throws Problem. Frames that arrive meanwhile are kept; those that came too early are asked for again. */
export async function fetchNewest(thread: string): Promise<void> {
  const wasOnline = useLive.getState().connection.state === "online";
  changeLive((live) => openThread(live, thread));
  const [page, about] = await Promise.all([
    fetchPage(thread, null),
    rest.GET("/api/threads/{thread_id}", { params: { path: { thread_id: thread } } }).then(bodyOf),
  ]);
  changeLive((live) => {
    const loaded = loadPage(live, thread, page, "newest", Date.now());
    const known = { ...loaded, threads: { ...loaded.threads, [thread]: later(loaded.threads[thread], about) } };
    return wasOnline ? known : withGap(known, threadTopic(thread), page.seq);
  });
}

const later = (known: Thread | undefined, incoming: Thread) =>
  known !== undefined && known.updated_at > incoming.updated_at ? known : incoming;
