// Recent conversations on this device, to be read while the server cannot be reached.
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { COPIES } from "./copies";
import { isLooking } from "./impersonation";
import { inactivityLimitMs } from "./inactivity";
import { isGrowing, type LiveState, type LoadedThread, shownBranch, threadTopic } from "./live/state";
import { useLive } from "./live/store";
import { useLogin } from "./login_state";
import { queries } from "./questions";
import type { Agent, Folder, Me, Message, Thread } from "./types";

const THREADS_KEPT = 20;
const MESSAGES_KEPT = 200;
const LISTED = 100;
const LOOKED_EVERY_MS = 5_000;
const CONFIRMED_EVERY_MS = 60_000; // that somebody is still signed in
/** How long they may be read after the last contact where nobody is signed out for doing nothing. */
const LONGEST_MS = 7 * 24 * 3_600_000;

export type CopiedThread = { thread: Thread; messages: Message[]; seq: number; at: number };
/** What was kept by an earlier version has no folders. */
export type About = { me: Me; agents: Agent[]; threads: Thread[]; folders?: readonly Folder[]; readableUntil: number };

interface Schema extends DBSchema {
  about: { key: "about"; value: About };
  threads: { key: string; value: CopiedThread; indexes: { at: number } };
}

const database = (): Promise<IDBPDatabase<Schema>> =>
  openDB<Schema>(COPIES, 1, {
    upgrade: (db) => {
      db.createObjectStore("about");
      db.createObjectStore("threads", { keyPath: "thread.id" }).createIndex("at", "at");
    },
  });

/** Storage can be refused (private windows, full disks): then there is nothing to read without the server. */
async function quietly<T>(work: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T | undefined> {
  let db: IDBPDatabase<Schema> | undefined;
  try {
    db = await database();
    return await work(db);
  } catch (thrown) {
    console.warn("Conversations cannot be kept on this device for reading.", thrown);
    return undefined;
  } finally {
    db?.close(); // an open connection would keep another tab from deleting everything
  }
}

/** Whose copies these are and what they list, while they may be read; after that they are gone from the device. */
export async function readAbout(now: number): Promise<About | undefined> {
  const about = await quietly((db) => db.get("about", "about"));
  if (about === undefined || about.readableUntil > now) return about;
  indexedDB.deleteDatabase(COPIES);
  return undefined;
}

/** The copy of a conversation of `user`, while it may be read. */
export async function readCopy(user: string, thread: string, now: number): Promise<CopiedThread | undefined> {
  if ((await readAbout(now))?.me.user_id !== user) return undefined;
  const copy = await quietly((db) => db.get("threads", thread));
  return copy && { ...copy, thread: atRest(copy.thread) };
}

/** Whether anything is being written there now, a copy cannot know. */
const atRest = (thread: Thread): Thread => ({ ...thread, running: false });

/** List what may be read without the server; returns whose it is. */
export async function showCopies(now: number): Promise<Me | undefined> {
  const about = await readAbout(now);
  if (about === undefined) return undefined;
  const stale = { updatedAt: 0 };
  queries.setQueryData(["agents"], about.agents, stale);
  queries.setQueryData(
    ["threads", {}],
    { pages: [{ threads: about.threads.map(atRest), next: null }], pageParams: [undefined] },
    stale,
  );
  if (about.folders !== undefined) queries.setQueryData(["threads", "folders"], about.folders, stale);
  return about.me;
}

let stop = (): void => undefined;
let written: { loaded: LiveState["loaded"]; at: number } = { loaded: {}, at: 0 };

/** Keep copies of what `user` reads here, from now on: every few seconds, and what is new when the connection goes. */
export function keepCopies(user: string): void {
  stopKeepingCopies();
  written = { loaded: {}, at: 0 };
  const write = (isConfirmed: boolean) => {
    const { live } = useLive.getState();
    const { status, me } = useLogin.getState();
    const now = Date.now();
    if (isLooking()) return; // what is looked at stays theirs
    if (status !== "signed-in" || me.user_id !== user) return; // what is in memory may still be the former person's
    if (live.loaded !== written.loaded || (isConfirmed && now - written.at > CONFIRMED_EVERY_MS)) {
      void writeCopies(me, live, now);
    }
  };
  const isOnline = () => useLive.getState().connection.state === "online";
  const timer = setInterval(() => isOnline() && write(true), LOOKED_EVERY_MS);
  const ignore = useLive.subscribe((now, before) => {
    if (before.connection.state === "online" && now.connection.state !== "online") write(false);
  });
  stop = () => {
    clearInterval(timer);
    ignore();
  };
}

export const stopKeepingCopies = (): void => stop();

/** Write what has changed since the last time; nothing of a temporary or deleted conversation is kept. */
export async function writeCopies(me: Me, live: LiveState, now: number): Promise<void> {
  const changed = Object.keys(live.loaded).filter((id) => live.loaded[id] !== written.loaded[id]);
  written = { loaded: live.loaded, at: now };
  const copies = changed.flatMap((id) => copyOf(live, id, now));
  const agents = queries.getQueryData<Agent[]>(["agents"]) ?? [];
  const threads = listed(live);
  const folders = live.folders ?? queries.getQueryData<Folder[]>(["threads", "folders"]);
  const readableUntil = now + (inactivityLimitMs() ?? LONGEST_MS);
  await quietly(async (db) => {
    const change = db.transaction(["about", "threads"], "readwrite");
    const kept = change.objectStore("threads");
    if ((await change.objectStore("about").get("about"))?.me.user_id !== me.user_id) await kept.clear();
    await change.objectStore("about").put({ me, agents, threads, readableUntil, ...(folders && { folders }) }, "about");
    for (const copy of copies) await kept.put(copy);
    const latest = (await kept.index("at").getAllKeys()).reverse();
    const isListed = (id: string) => threads.some((thread) => thread.id === id);
    for (const [place, id] of latest.entries()) if (place >= THREADS_KEPT || !isListed(id)) await kept.delete(id);
    await change.done;
  });
}

function copyOf(live: LiveState, id: string, at: number): CopiedThread[] {
  const loaded = live.loaded[id] as LoadedThread;
  const thread = live.threads[id];
  const messages = shownBranch(loaded).slice(-MESSAGES_KEPT);
  const seq = live.positions[threadTopic(id)];
  if (thread === undefined || thread.temporary || seq === undefined || messages.some(isGrowing)) return [];
  return [{ thread, messages, seq, at }];
}

type Pages = { pages: { threads: Thread[] }[] };

/** The conversations that the list shows, newest state of each, latest first. */
function listed(live: LiveState): Thread[] {
  const pages = queries.getQueriesData<Pages>({ queryKey: ["threads"] }).flatMap(([, data]) => data?.pages ?? []);
  const threads = new Map(pages.flatMap((page) => page.threads ?? []).map((thread) => [thread.id, thread]));
  for (const thread of Object.values(live.threads)) threads.set(thread.id, thread);
  return [...threads.values()]
    .filter((thread) => !thread.temporary && !thread.archived && live.deleted[thread.id] === undefined)
    .sort((a, b) => (a.updated_at < b.updated_at ? 1 : -1))
    .slice(0, LISTED);
}
