/** Keeps what was typed and not sent, per user and thread, in the browser's own database. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";

export interface Draft {
  text: string;
  /** The agent chosen for it; null when the thread's own. */
  agent: string | null;
}

interface DraftSchema extends DBSchema {
  drafts: { key: [user: string, place: string]; value: Draft };
}

let opened: Promise<IDBPDatabase<DraftSchema>> | null = null;

function database(): Promise<IDBPDatabase<DraftSchema>> {
  opened ??= openDB<DraftSchema>("emergence-drafts", 1, {
    upgrade: (created) => void created.createObjectStore("drafts"),
  });
  return opened;
}

export async function readDraft(user: string, place: string): Promise<Draft | null> {
  return (await (await database()).get("drafts", [user, place])) ?? null;
}

/** Keep `draft`; an empty one is forgotten. Idempotent. */
export async function keepDraft(user: string, place: string, draft: Draft): Promise<void> {
  const drafts = await database();
  if (draft.text === "" && draft.agent === null) await drafts.delete("drafts", [user, place]);
  else await drafts.put("drafts", draft, [user, place]);
}

/** How many places hold text that `user` has not sent. */
export async function countDrafts(user: string): Promise<number> {
  const drafts = await (await database()).getAll("drafts", placesOf(user));
  return drafts.filter(({ text }) => text.trim() !== "").length;
}

/** Delete what `user` has typed here and not sent; with `onlyBlank` only what holds no words. Idempotent. */
export async function deleteDrafts(user: string, { onlyBlank }: { onlyBlank: boolean }): Promise<void> {
  const change = (await database()).transaction("drafts", "readwrite");
  for await (const cursor of change.store.iterate(placesOf(user))) {
    if (!onlyBlank || cursor.value.text.trim() === "") await cursor.delete();
  }
  await change.done;
}

const placesOf = (user: string) => IDBKeyRange.bound([user, ""], [user, "\uffff"]);
