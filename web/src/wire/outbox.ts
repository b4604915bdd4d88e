// Commands that the server has not acknowledged, kept in IndexedDB so that a reload or crash loses none of them.
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { saysSomething } from "./live/own_message";
import { type KeptItem, useLive } from "./live/store";
import type { Refusal } from "./types";

interface Schema extends DBSchema {
  commands: { key: string; value: KeptItem };
}

let opened: Promise<IDBPDatabase<Schema>> | undefined;

const database = (): Promise<IDBPDatabase<Schema>> => {
  opened ??= openDB<Schema>("emergence.outbox", 1, {
    upgrade: (db) => void db.createObjectStore("commands", { keyPath: "command.cid" }),
  });
  return opened;
};

/** Storage can be refused (private windows, full disks): the page then holds the commands in memory only. */
async function quietly<T>(work: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T | undefined> {
  try {
    return await work(await database());
  } catch (thrown) {
    console.warn("Unsent messages cannot be kept on this device.", thrown);
    return undefined;
  }
}

const change = (outbox: (items: readonly KeptItem[]) => readonly KeptItem[]): void =>
  useLive.setState((store) => ({ outbox: outbox(store.outbox) }));

export const findKept = (cid: string): KeptItem | undefined =>
  useLive.getState().outbox.find((item) => item.command.cid === cid);

/** Show `item` as waiting at once; resolves when it would survive a reload. */
export async function keep(item: KeptItem): Promise<void> {
  change((items) => [...items.filter((other) => other.command.cid !== item.command.cid), item]);
  await quietly((db) => db.put("commands", item));
}

export async function drop(cid: string): Promise<void> {
  change((items) => items.filter((item) => item.command.cid !== cid));
  await quietly((db) => db.delete("commands", cid));
}

/** Keep a refused command with the reason, so that its text is not lost. */
export async function markRefused(cid: string, refusal: Refusal): Promise<void> {
  const item = findKept(cid);
  if (item) await keep({ ...item, refusal });
}

/** Bring back what `user` had not sent when the page was closed. */
export async function restore(user: string): Promise<void> {
  const items = (await quietly((db) => db.getAll("commands"))) ?? [];
  const own = items.filter((item) => item.user === user && !findKept(item.command.cid));
  change((known) => [...own.sort((a, b) => a.at - b.at), ...known]);
}

/** How many messages of `user` on this device, from any tab, the server has not stored. */
export async function countUnsent(user: string): Promise<number> {
  const items = [...((await quietly((db) => db.getAll("commands"))) ?? []), ...useLive.getState().outbox];
  const own = items.filter((item) => item.user === user && saysSomething(item.command));
  return new Set(own.map((item) => item.command.cid)).size;
}

/** Delete everything that `user` has not sent from this device. */
export async function deleteUnsent(user: string): Promise<void> {
  change((items) => items.filter((item) => item.user !== user));
  await quietly(async (db) => {
    const removal = db.transaction("commands", "readwrite");
    for await (const cursor of removal.store) if (cursor.value.user === user) await cursor.delete();
    await removal.done;
  });
}
