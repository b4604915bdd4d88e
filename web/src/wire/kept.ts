// For how long conversations are kept, and those that are deleted but not yet erased.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useLive } from "./live/store";
import { type Pages, usePages } from "./pages";
import { type Answer, answerOf } from "./questions";
import { bodyOf, rest } from "./rest";
import type { RestorableThread, Retention, RetentionPreview } from "./types";

/** What the deployment keeps, and for how long. */
export function useRetention(): Answer<Retention> {
  const queryFn = async () => bodyOf(await rest.GET("/api/threads/retention"));
  return answerOf(useQuery({ queryKey: ["retention"], queryFn }));
}

/** What would go if that conversation, or all of them, were kept for `days` after their last message. */
export function useRetentionPreview(days: number | null, thread?: string): Answer<RetentionPreview> {
  const query = { ...(days !== null && { days }), ...(thread !== undefined && { thread }) };
  return answerOf(
    useQuery({
      queryKey: ["threads", "preview", query],
      staleTime: 0,
      queryFn: async ({ signal }) =>
        bodyOf(await rest.GET("/api/threads/retention/preview", { params: { query }, signal })),
    }),
  );
}

const DELETED = ["threads", "deleted"];

/** What can be brought back, the last deleted first; read again whenever something is deleted or comes back. */
export function useDeletedThreads(): Pages<RestorableThread> {
  const deleted = useLive((store) => store.live.deleted);
  const back = useLive((store) => store.live.threads);
  const cache = useQueryClient();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another `deleted` is the reason to ask
  useEffect(() => void cache.invalidateQueries({ queryKey: DELETED }), [cache, deleted]);
  const pages = usePages<RestorableThread, string>(DELETED, async (before) => {
    const query = before === undefined ? {} : { before };
    const page = bodyOf(await rest.GET("/api/threads/deleted", { params: { query } }));
    return { items: page.threads, next: page.next };
  });
  return { ...pages, data: pages.data?.filter(({ thread }) => back[thread.id] === undefined) };
}
