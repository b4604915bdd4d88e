// The list of conversations: pages over REST, kept current by the live frames.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { LiveState } from "./live/state";
import { useLive } from "./live/store";
import { refusalOf } from "./problems";
import { bodyOf, rest } from "./rest";
import type { Folder, Thread, ThreadList } from "./types";

const PAGE = 40;

/** Which conversations: those that are not in the archive, unless it says so; of one folder, where it names one. */
type Which = { archived?: true; folder?: string };

async function fetchThreads(which: Which, before: string | undefined) {
  const query = { limit: PAGE, ...which, ...(before !== undefined && { before }) };
  return bodyOf(await rest.GET("/api/threads", { params: { query } }));
}

/** Pinned ones in their order, then the latest first. */
const inOrder = (a: Thread, b: Thread) =>
  (a.pin_order ?? Number.POSITIVE_INFINITY) - (b.pin_order ?? Number.POSITIVE_INFINITY) ||
  (a.updated_at < b.updated_at ? 1 : -1);

/** Newest state of each thread, in order; live threads older than what is loaded wait for their page. */
function mergedThreads(
  listed: Thread[],
  live: Pick<LiveState, "threads" | "deleted">,
  which: Which,
  isWhole: boolean,
): Thread[] {
  const threads = new Map(listed.map((thread) => [thread.id, thread]));
  const last = listed.at(-1);
  const isLoaded = (thread: Thread) =>
    isWhole || thread.pin_order !== null || (last?.pin_order === null && thread.updated_at >= last.updated_at);
  for (const thread of Object.values(live.threads)) {
    const known = threads.get(thread.id);
    if (known === undefined ? isLoaded(thread) : thread.updated_at >= known.updated_at) threads.set(thread.id, thread);
  }
  const isWanted = ({ id, temporary, archived, folder }: Thread) =>
    !temporary &&
    archived === (which.archived ?? false) &&
    (which.folder === undefined || folder === which.folder) &&
    live.deleted[id] === undefined;
  return [...threads.values()].filter(isWanted).sort(inOrder);
}

const ALL: Which = {};

/** `which` must stay the same object from one rendering to the next. */
export function useThreads(which: Which = ALL): ThreadList {
  const query = useInfiniteQuery({
    queryKey: ["threads", which],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => fetchThreads(which, pageParam),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const told = useLive((store) => store.live.threads);
  const deleted = useLive((store) => store.live.deleted);
  const { data, hasNextPage } = query;
  const threads = useMemo(() => {
    const listed = data?.pages.flatMap((page) => page.threads);
    return listed ? mergedThreads(listed, { threads: told, deleted }, which, !hasNextPage) : [];
  }, [data, told, deleted, which, hasNextPage]);
  return {
    status: query.status === "pending" ? "loading" : query.status === "error" && !data ? "failed" : "ready",
    threads,
    problem: query.error ? refusalOf(query.error) : undefined,
    hasMore: hasNextPage,
    loadMore: async () => void (await query.fetchNextPage()),
    reload: () => void query.refetch(),
  };
}

const NONE: readonly Folder[] = [];

/** The person's folders in their order; undefined until they are known, none where they cannot be read. */
export function useFolders(): readonly Folder[] | undefined {
  const { data, isError } = useQuery({
    queryKey: ["threads", "folders"],
    queryFn: async () => bodyOf(await rest.GET("/api/threads/folders")).folders,
  });
  const told = useLive((store) => store.live.folders);
  return told ?? data ?? (isError ? NONE : undefined);
}

/** Until when a deleted conversation can be brought back (null: it is gone); undefined where it is not deleted. */
export const useDeleted = (thread: string | undefined): string | null | undefined =>
  useLive((store) => (thread === undefined ? undefined : store.live.deleted[thread]));
