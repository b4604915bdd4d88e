// Long lists that the server hands out in pages.
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { type Answer, answerOf } from "./questions";

export type Pages<T> = Answer<T[]> & { hasMore: boolean; isLoadingMore: boolean; more: () => void };
type Page<T, Place> = { items: T[]; next: Place | null | undefined };

/** Ask for the first page, and for the next ones when they are wanted. */
export function usePages<T, Place extends string | number>(
  queryKey: readonly unknown[],
  fetchPage: (place: Place | undefined) => Promise<Page<T, Place>>,
): Pages<T> {
  const query = useInfiniteQuery({
    queryKey,
    staleTime: 0,
    placeholderData: keepPreviousData, // while something else is looked for, what was found stays in sight
    initialPageParam: undefined as Place | undefined,
    queryFn: ({ pageParam }) => fetchPage(pageParam as Place | undefined),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const data = query.data?.pages.flatMap((page) => page.items);
  return {
    ...answerOf({ status: query.status, data, error: query.error, refetch: () => void query.refetch() }),
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    more: () => void query.fetchNextPage(),
  };
}
