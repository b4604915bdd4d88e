// Whose word counts after a change: the frames', which have an order; the answer's only where no frames arrive.
import { afterEach, expect, test, vi } from "vitest";
import { forgetEverything, useLive } from "./live/store";
import { madeThread } from "./made_threads";
import { changeThread, createFolder, deleteThread, eraseThread, removeFolder, renameFolder } from "./managing";
import { scriptedAccount } from "./scripted_account";

const FOLDER = { id: "f", name: "Letters", created_at: "2026-11-22T10:00:00Z" };
const UNTIL = "2026-11-29T10:00:00Z";
const live = () => useLive.getState().live;
const be = (state: "online" | "offline") => useLive.setState({ connection: { state, since: 0 } });

afterEach(() => {
  vi.unstubAllGlobals();
  forgetEverything();
});

test("while frames arrive, an answer that comes late changes nothing back", async () => {
  be("online");
  scriptedAccount({ "/api/threads/t": [{ body: madeThread("t", { title: "Mine" }) }] });

  expect((await changeThread("t", { title: "Mine" })).title).toBe("Mine");

  expect(live().threads).toEqual({});
});

test("without frames, the answers tell how everything is", async () => {
  be("offline");
  const asked = scriptedAccount({
    "PATCH /api/threads/t": [{ body: madeThread("t", { title: "Mine" }) }],
    "DELETE /api/threads/t": [{ body: { thread: "t", restorable_until: UNTIL } }],
    "DELETE /api/threads/deleted/t": [{ status: 204 }],
    "POST /api/threads/folders": [{ status: 201, body: FOLDER }],
    "PATCH /api/threads/folders/f": [{ body: { ...FOLDER, name: "Post" } }],
    "DELETE /api/threads/folders/f": [{ status: 204 }],
  });
  useLive.setState((store) => ({ live: { ...store.live, folders: [] } }));

  await changeThread("t", { title: "Mine" });
  expect(live().threads.t?.title).toBe("Mine");
  await deleteThread("t");
  expect([live().threads.t, live().deleted.t]).toEqual([undefined, UNTIL]);
  await eraseThread("t");
  expect(live().deleted.t).toBeNull();
  await createFolder("Letters");
  await renameFolder("f", "Post");
  expect(live().folders).toEqual([{ ...FOLDER, name: "Post" }]);
  await removeFolder("f");
  expect(live().folders).toEqual([]);
  const sent = asked.filter(({ path }) => path.startsWith("/api/threads")).map(({ body }) => body);
  expect(sent).toEqual([{ title: "Mine" }, undefined, undefined, { name: "Letters" }, { name: "Post" }, undefined]);
});

test("a refusal changes nothing", async () => {
  be("offline");
  scriptedAccount({ "/api/threads/t": [{ status: 409, body: { code: "too_many_pins", detail: "" } }] });

  await expect(changeThread("t", { pinned: true })).rejects.toMatchObject({ code: "too_many_pins" });

  expect(live().threads).toEqual({});
});
