// Searching what was said: asked while one types, and what is no longer wanted is not waited for.
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Pages } from "./pages";
import { answerOf } from "./questions";
import { bodyOf, rest } from "./rest";
import type { SearchHit } from "./types";

const PAUSE_MS = 200; // between two keys of one word
const PAGE = 20;

/** The server knows one kind of quotation mark; keyboards and languages have others. */
const withPlainQuotes = (words: string) => words.replace(/[“”„«»]/g, '"');

/** `words` once nobody has typed for a moment. */
export function useSettled(words: string): string {
  const [settled, setSettled] = useState(words);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(words), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [words]);
  return settled;
}

export type Found = Pages<SearchHit> & {
  /** What was found belongs to other words than those that stand there now. */
  isBehind: boolean;
};

/** Find `words` in titles and messages; nothing is asked while there are none. */
export function useSearch(words: string): Found {
  const wanted = words.trim();
  const settled = useSettled(wanted);
  const query = useInfiniteQuery({
    queryKey: ["search", settled],
    enabled: settled !== "",
    staleTime: 0,
    gcTime: 0,
    placeholderData: settled === "" ? undefined : keepPreviousData,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const page = { q: withPlainQuotes(settled), limit: PAGE, ...(pageParam !== undefined && { before: pageParam }) };
      return bodyOf(await rest.GET("/api/threads/search", { params: { query: page }, signal }));
    },
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const data = query.data?.pages.flatMap((page) => page.hits);
  return {
    ...answerOf({ status: query.status, data, error: query.error, refetch: () => void query.refetch() }),
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    more: () => void query.fetchNextPage(),
    isBehind: wanted !== settled || query.isPlaceholderData,
  };
}
