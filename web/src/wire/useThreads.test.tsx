// Which conversations the list has: pages from the server, and what the frames have said since.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { withoutThread, withThread } from "./live/reduce";
import { changeLive, forgetEverything } from "./live/store";
import { madeThread } from "./made_threads";
import { scriptedAccount } from "./scripted_account";
import type { Thread } from "./types";
import { useDeleted, useFolders, useThreads } from "./useThreads";

afterEach(() => {
  vi.unstubAllGlobals();
  forgetEverything();
});

const at = (hour: number) => `2026-11-22T${String(hour).padStart(2, "0")}:00:00Z`;
const say = (thread: Thread) => act(() => changeLive((live) => withThread(live, thread)));

async function list(threads: Thread[], next: string | null = null, which?: Parameters<typeof useThreads>[0]) {
  const asked = scriptedAccount({ "/api/threads": [{ body: { threads, next } }] });
  const queries = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  );
  const { result } = renderHook(() => useThreads(which), { wrapper });
  await waitFor(() => expect(result.current.status).toBe("ready"));
  return { ids: () => result.current.threads.map(({ id }) => id), asked };
}

test("pinned ones stand first in their order, the others by their last message", async () => {
  const { ids } = await list([
    madeThread("second pin", { pin_order: 4 }),
    madeThread("old", { updated_at: at(8) }),
    madeThread("new", { updated_at: at(9) }),
  ]);
  say(madeThread("first pin", { pin_order: -2, updated_at: at(1) }));

  expect(ids()).toEqual(["first pin", "second pin", "new", "old"]);
});

test("temporary, archived and deleted ones leave at once, and come back when they are brought back", async () => {
  const { ids } = await list([madeThread("a"), madeThread("b"), madeThread("c")]);

  say(madeThread("a", { archived: true }));
  say(madeThread("hidden", { temporary: true }));
  act(() => changeLive((live) => withoutThread(live, "b", at(20))));
  expect(ids()).toEqual(["c"]);

  say(madeThread("a"));
  say(madeThread("b"));
  expect(ids().sort()).toEqual(["a", "b", "c"]);
});

test("the archive has what is archived, also what was archived a moment ago", async () => {
  const { ids, asked } = await list([madeThread("a", { archived: true })], null, ARCHIVED);
  say(madeThread("b", { archived: true }));
  say(madeThread("c"));

  expect(ids().sort()).toEqual(["a", "b"]);
  expect(asked[0]?.search).toContain("archived=true");
});

const ARCHIVED = { archived: true } as const;
const LETTERS = { folder: "letters" };

test("a folder has what was moved into it, and not what was taken out", async () => {
  const { ids, asked } = await list([madeThread("a", { folder: "letters" })], null, LETTERS);
  say(madeThread("b", { folder: "letters" }));
  say(madeThread("a", { folder: null }));

  expect(ids()).toEqual(["b"]);
  expect(asked[0]?.search).toContain("folder=letters");
});

test("an old one that is heard of waits for its page, so that nothing between is skipped", async () => {
  const { ids } = await list([madeThread("a", { updated_at: at(9) })], "more");
  say(madeThread("older", { updated_at: at(3) }));
  say(madeThread("newer", { updated_at: at(10) }));

  expect(ids()).toEqual(["newer", "a"]);
});

test("where the first page holds nothing but pinned ones, unpinned ones wait for theirs", async () => {
  const { ids } = await list([madeThread("pin", { pin_order: 1, updated_at: at(2) })], "more");
  say(madeThread("unpinned", { updated_at: at(9) }));

  expect(ids()).toEqual(["pin"]);
});

test("folders are those that the frames told last; without any, those that were read", async () => {
  const folder = { id: "f", name: "Letters", created_at: at(1) };
  scriptedAccount({ "/api/threads/folders": [{ body: { folders: [folder] } }] });
  const queries = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  );
  const { result } = renderHook(() => ({ folders: useFolders(), deleted: useDeleted("x") }), { wrapper });
  expect(result.current.folders).toBeUndefined();
  await waitFor(() => expect(result.current.folders).toEqual([folder]));

  act(() => changeLive((live) => ({ ...withoutThread(live, "x", null), folders: [] })));

  expect(result.current).toEqual({ folders: [], deleted: null });
});
