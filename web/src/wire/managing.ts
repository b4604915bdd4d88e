// What a person does with their conversations and folders as things. Every tab hears of it, this one too.
import { withoutThread, withThread } from "./live/reduce";
import { changeLive, useLive } from "./live/store";
import { bodyOf, rest } from "./rest";
import type { ChangeThread, Folder, Thread } from "./types";

const AS_JSON = { headers: { "content-type": "application/json" } };
const at = (thread_id: string) => ({ params: { path: { thread_id } } });

/** Frames tell it in their order; only where none arrive does the answer have to. */
const isTold = () => useLive.getState().connection.state === "online";

function heard(thread: Thread): Thread {
  if (!isTold()) changeLive((live) => withThread(live, thread));
  return thread;
}

/** Rename, pin, file, archive, or limit how long it is kept. Throws Problem. */
export async function changeThread(thread: string, body: ChangeThread): Promise<Thread> {
  return heard(bodyOf(await rest.PATCH("/api/threads/{thread_id}", { ...at(thread), body })));
}

/** Delete; returns until when it can be brought back, null: it is gone. Throws Problem. */
export async function deleteThread(thread: string): Promise<string | null> {
  const { restorable_until } = bodyOf(await rest.DELETE("/api/threads/{thread_id}", { ...at(thread), ...AS_JSON }));
  if (!isTold()) changeLive((live) => withoutThread(live, thread, restorable_until));
  return restorable_until;
}

/** Bring a deleted one back. Throws Problem. */
export async function restoreThread(thread: string): Promise<Thread> {
  return heard(bodyOf(await rest.POST("/api/threads/{thread_id}/restore", { ...at(thread), ...AS_JSON })));
}

/** Erase a deleted one for good. Throws Problem. */
export async function eraseThread(thread: string): Promise<void> {
  await rest.DELETE("/api/threads/deleted/{thread_id}", { ...at(thread), ...AS_JSON });
  if (!isTold()) changeLive((live) => withoutThread(live, thread, null));
}

/** Put the pinned ones into this order. Throws Problem. */
export async function orderPins(threads: string[]): Promise<void> {
  const { threads: pinned } = bodyOf(await rest.PUT("/api/threads/pins/order", { body: { threads } }));
  for (const thread of pinned) heard(thread);
}

const changeFolders = (change: (folders: readonly Folder[]) => readonly Folder[]): void => {
  if (!isTold()) changeLive((live) => ({ ...live, folders: live.folders && change(live.folders) }));
};

/** Make a folder after the others. Throws Problem. */
export async function createFolder(name: string): Promise<Folder> {
  const folder = bodyOf(await rest.POST("/api/threads/folders", { body: { name } }));
  changeFolders((folders) => [...folders, folder]);
  return folder;
}

const of = (folder_id: string) => ({ params: { path: { folder_id } } });

/** Throws Problem. */
export async function renameFolder(id: string, name: string): Promise<void> {
  const named = bodyOf(await rest.PATCH("/api/threads/folders/{folder_id}", { ...of(id), body: { name } }));
  changeFolders((folders) => folders.map((folder) => (folder.id === id ? named : folder)));
}

/** Remove a folder; what is in it stays. Throws Problem. */
export async function removeFolder(id: string): Promise<void> {
  await rest.DELETE("/api/threads/folders/{folder_id}", { ...of(id), ...AS_JSON });
  changeFolders((folders) => folders.filter((folder) => folder.id !== id));
}
