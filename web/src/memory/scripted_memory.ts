// For tests: items and turns as memory's REST returns them.
import type { Item, ItemHistory, KeptTurn, MemoryState } from "@/wire/memory";

export const ID = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

export const item = (n: number, text: string, more: Partial<Item> = {}): Item => ({
  id: ID(n),
  kind: "fact",
  text,
  language: "en",
  state: "active",
  origin: "said",
  confidence: 0.9,
  importance: 0.5,
  pinned: false,
  happened_at: null,
  recorded_at: "2026-11-03T10:00:00Z",
  superseded_at: null,
  last_used_at: null,
  uses: 0,
  fact: null,
  preference: null,
  sources: [{ message: "m1", thread: "t1", quote: text, said_at: "2026-11-03T09:30:00Z", since: null }],
  ...more,
});

export const historyOf = (of: Item, more: Partial<ItemHistory> = {}): ItemHistory => ({
  item: of,
  versions: [],
  links: [],
  used_in: [],
  ...more,
});

export const turn = (message: string, text: string, more: Partial<KeptTurn> = {}): KeptTurn => ({
  message,
  thread: `thread of ${message}`,
  role: "user",
  speaker: "",
  said_at: "2026-11-03T09:30:00Z",
  text,
  ...more,
});

export const memoryState = (more: Partial<MemoryState> = {}): MemoryState => ({
  choices: { remembers: true, hints: true },
  turns: 12,
  items: { fact: 2, note: 1 },
  pending_vectors: 0,
  finds_by_meaning: true,
  ...more,
});
