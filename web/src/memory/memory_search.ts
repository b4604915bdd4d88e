// Which shelf of memory is looked at and which item is open, as it stands in the page's address.
import type { Shelf } from "@/wire/memory";

export const SHELVES = [
  "all",
  "fact",
  "preference",
  "event",
  "note",
  "instruction",
  "summary",
  "said",
  "archived",
] as const satisfies readonly Shelf[];

export type MemorySearch = { show?: Shelf | undefined; item?: string | undefined };

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Keep of an address what can be looked at; what is left out, the router would keep as it was given. */
export function memorySearchOf(raw: Record<string, unknown>): MemorySearch {
  const show = SHELVES.find((known) => known === raw.show && known !== "all");
  return { show, item: typeof raw.item === "string" && UUID.test(raw.item) ? raw.item : undefined };
}
