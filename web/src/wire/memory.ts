// What memory keeps of the person here: read page by page, searched, written, changed, forgotten, taken along.
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { fetchFile } from "./my_data";
import type { Pages } from "./pages";
import { type Answer, answerOf } from "./questions";
import { bodyOf, rest } from "./rest";
import type { components } from "./rest.gen";
import { useSettled } from "./search";
import type { Language, RecallReason } from "./types";

type Schemas = components["schemas"];
export type Item = Schemas["Item"];
export type ItemKind = Item["kind"];
export type ItemHistory = Omit<Schemas["ItemHistory"], "used_in"> & { used_in: ItemUse[] };
export type ItemLink = Schemas["ItemLink"];
export type ItemUse = Omit<Schemas["Use"], "why"> & { why: RecallReason };
export type KeptTurn = Schemas["KeptTurn"];
export type AskedTurn = Schemas["AskedTurn"];
export type MemoryState = Schemas["MemoryState"];
export type MemoryChoices = Schemas["MemoryChoices"];
export type ForgetPreview = Schemas["ForgetPreview"];
export type Forgotten = Schemas["Forgotten"];
export type WriteItem = Schemas["WriteItem"];
export type Found = { items: Item[]; turns: AskedTurn[]; similar: string[] };
/** What is listed: one kind of items, all of them, those set aside, or the turns themselves. */
export type Shelf = ItemKind | "all" | "archived" | "said";
export type ExportFormat = "json" | "markdown";

const MEMORY = "memory";
const ITEM = "item";
const PAGE = 30;
const FOUND_AT_ONCE = 50;
const ASK_EVERY_MS = 3_000;
const AS_JSON = { headers: { "content-type": "application/json" } };
/** What was forgotten elsewhere is not shown for a moment first; without a network it says so soon, and asks again with one. */
const FRESH = { staleTime: 0, gcTime: 0, networkMode: "always", refetchOnReconnect: true, retryDelay: 400 } as const;

/** How much is kept, and what was chosen; asked for again while something still waits for its vector. */
export function useMemoryState(): Answer<MemoryState> {
  return answerOf(
    useQuery({
      ...FRESH,
      queryKey: [MEMORY, "state"],
      queryFn: async ({ signal }) => bodyOf(await rest.GET("/api/memory/state", { signal })),
      refetchInterval: ({ state: { data } }) =>
        data?.finds_by_meaning && data.pending_vectors > 0 ? ASK_EVERY_MS : false,
    }),
  );
}

/** The items of a shelf, pinned ones and then the newest first. */
export function useItems(shelf: Exclude<Shelf, "said">): Pages<Item> {
  const which = shelf === "all" ? {} : shelf === "archived" ? { state: "archived" as const } : { kind: shelf };
  return useShelf(["items", shelf], async (after, signal) => {
    const query = { ...which, limit: PAGE, ...(after !== undefined && { after }) };
    return bodyOf(await rest.GET("/api/memory/items", { params: { query }, signal }));
  });
}

/** What was said, the newest first. */
export function useTurns(): Pages<KeptTurn> {
  return useShelf(["turns"], async (after, signal) => {
    const query = { limit: PAGE, ...(after !== undefined && { after }) };
    const { turns, next } = bodyOf(await rest.GET("/api/memory/turns", { params: { query }, signal }));
    return { items: turns, next };
  });
}

function useShelf<T>(
  key: readonly string[],
  fetchPage: (after: string | undefined, signal: AbortSignal) => Promise<{ items: T[]; next: string | null }>,
): Pages<T> {
  const query = useInfiniteQuery({
    ...FRESH,
    queryKey: [MEMORY, ...key],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => fetchPage(pageParam, signal),
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

/** What fits `words` on a shelf, asked while one types; nothing is asked while there are none. */
export function useFound(words: string, shelf: Shelf): Answer<Found> & { isBehind: boolean } {
  const wanted = words.trim();
  const settled = useSettled(wanted);
  const query = useQuery({
    ...FRESH,
    queryKey: [MEMORY, "search", settled, shelf],
    enabled: settled !== "",
    placeholderData: settled === "" ? undefined : keepPreviousData,
    queryFn: async ({ signal }) => {
      const kind = shelf === "all" || shelf === "archived" || shelf === "said" ? {} : { kind: shelf };
      const params = { query: { q: settled, ...kind, limit: FOUND_AT_ONCE } };
      const { items, turns, similar } = bodyOf(await rest.GET("/api/memory/search", { params, signal }));
      if (shelf === "said") return { items: [], turns, similar };
      return shelf === "archived"
        ? { items: items.filter(({ state }) => state === shelf), turns: [], similar }
        : { items, turns, similar };
    },
  });
  return {
    ...answerOf({ ...query, refetch: () => void query.refetch() }),
    isBehind: wanted !== settled || query.isPlaceholderData,
  };
}

/** An item with everything that is known of it. */
export function useItem(item_id: string): Answer<ItemHistory> {
  return answerOf(
    useQuery({
      ...FRESH,
      queryKey: [MEMORY, ITEM, item_id],
      queryFn: ({ signal }) => readItem(item_id, signal),
    }),
  );
}

/** The same, asked once. Throws Problem. */
export async function readItem(item_id: string, signal?: AbortSignal): Promise<ItemHistory> {
  const params = { path: { item_id } };
  return bodyOf(await rest.GET("/api/memory/items/{item_id}", { params, ...(signal && { signal }) }));
}

/** What took the place of an item, where something did. */
export const newerThan = (item: Item, links: readonly ItemLink[]): ItemLink | undefined =>
  item.state === "superseded"
    ? links.find(({ kind, direction }) => kind === "updates" && direction === "to")
    : undefined;

/** Everything that is kept as a file. Throws Problem. */
export const exportMemory = (format: ExportFormat, language: Language): Promise<File> =>
  fetchFile(`/api/memory/export?format=${format}&language=${language}`);

/** What can be done; each throws Problem. */
export function useMemoryActs() {
  const cache = useQueryClient();
  return useMemo(() => {
    const again = () => cache.invalidateQueries({ queryKey: [MEMORY] });
    /** One that is open still, though it is gone now, would be asked for in vain. */
    const afterForgetting = (gone: readonly string[]) =>
      Promise.all([
        cache.invalidateQueries({
          queryKey: [MEMORY],
          predicate: ({ queryKey: [, part, id] }) => part !== ITEM || !gone.includes(String(id)),
        }),
        cache.invalidateQueries({ queryKey: ["kept-turns"] }),
      ]);
    const one = (item_id: string) => ({ params: { path: { item_id } } });
    return {
      choose: async (body: MemoryChoices): Promise<void> => {
        cache.setQueryData([MEMORY, "state"], bodyOf(await rest.PUT("/api/memory/choices", { body })));
      },
      write: async (body: WriteItem): Promise<Item> => {
        const written = bodyOf(await rest.POST("/api/memory/items", { body }));
        void again();
        return written;
      },
      /** Returns the new version, which has an id of its own. */
      rewrite: async (item: string, text: string): Promise<Item> => {
        const changed = bodyOf(await rest.PATCH("/api/memory/items/{item_id}", { ...one(item), body: { text } }));
        void again();
        return changed;
      },
      pin: async (item: string, pinned: boolean): Promise<void> => {
        await rest.PATCH("/api/memory/items/{item_id}", { ...one(item), body: { pinned } });
        await again();
      },
      forgetItem: async (item: string): Promise<void> => {
        await rest.DELETE("/api/memory/items/{item_id}", { ...one(item), ...AS_JSON });
        void afterForgetting([item]);
      },
      forgetThese: async (these: Schemas["Forget"]): Promise<Forgotten> => {
        const forgotten = bodyOf(await rest.POST("/api/memory/forget", { body: these }));
        void afterForgetting(these.items ?? []);
        return forgotten;
      },
      /** What would be forgotten of what these words are about. */
      previewForgetting: async (about: string): Promise<ForgetPreview> =>
        bodyOf(await rest.POST("/api/memory/forget/preview", { body: { about } })),
    };
  }, [cache]);
}
