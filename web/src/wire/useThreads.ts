// The list of conversations: pages over REST, kept current by the live frames.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useLive } from "./live/store";
import { refusalOf } from "./problems";
import { bodyOf, rest } from "./rest";
import type { Thread, ThreadList } from "./types";

const PAGE = 40;

async function fetchThreads(before: string | undefined) {
  const query = before === undefined ? { limit: PAGE } : { limit: PAGE, before };
  return bodyOf(await rest.GET("/api/threads", { params: { query } }));
}

/** Newest state of each thread, latest first; live threads older than what is loaded wait for their page. */
function mergedThreads(listed: Thread[], live: Readonly<Record<string, Thread>>, isWhole: boolean): Thread[] {
  const threads = new Map(listed.map((thread) => [thread.id, thread]));
  const oldest = listed.at(-1)?.updated_at ?? "";
  for (const thread of Object.values(live)) {
    const known = threads.get(thread.id);
    const isWithin = known !== undefined || isWhole || thread.updated_at >= oldest;
    if (isWithin && (known === undefined || thread.updated_at >= known.updated_at)) threads.set(thread.id, thread);
  }
  return [...threads.values()].sort((a, b) => (a.updated_at < b.updated_at ? 1 : -1));
}

export function useThreads(): ThreadList {
  const query = useInfiniteQuery({
    queryKey: ["threads"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => fetchThreads(pageParam),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const live = useLive((store) => store.live.threads);
  const { data, hasNextPage } = query;
  const threads = useMemo(
    () =>
      data
        ? mergedThreads(
            data.pages.flatMap((page) => page.threads),
            live,
            !hasNextPage,
          )
        : [],
    [data, live, hasNextPage],
  );
  return {
    status: query.status === "pending" ? "loading" : query.status === "error" && !data ? "failed" : "ready",
    threads,
    problem: query.error ? refusalOf(query.error) : undefined,
    hasMore: hasNextPage,
    loadMore: async () => void (await query.fetchNextPage()),
    reload: () => void query.refetch(),
  };
}
