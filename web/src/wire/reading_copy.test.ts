// What may be read without the server: recent conversations, by whoever was signed in a short while ago, and no others.
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { beginLook, leaveLook } from "./impersonation";
import { loadPage } from "./live/merge";
import { type LiveState, NOTHING } from "./live/state";
import { forgetEverything, useLive } from "./live/store";
import { useLogin } from "./login_state";
import { queries } from "./questions";
import { keepCopies, readCopy, showCopies, stopKeepingCopies, writeCopies } from "./reading_copy";
import type { Impersonation, Me, Message, Thread } from "./types";

const ADA = { user_id: "ada", role: "member", email: "ada@example.org", display_name: "Ada" } as Me;
const BOB = { ...ADA, user_id: "bob" };
const NOW = 1_800_000_000_000;
const WEEK_MS = 7 * 24 * 3_600_000;

const thread = (id: string, more: Partial<Thread> = {}) =>
  ({
    id,
    title: id,
    agent: "neo",
    updated_at: "2026-11-22T10:00:00Z",
    temporary: false,
    archived: false,
    ...more,
  }) as Thread;
const message = (id: string, of: string, more: Partial<Message> = {}) =>
  ({
    id,
    thread: of,
    role: "user",
    status: "complete",
    parts: [{ kind: "text", text: `said in ${of}` }],
    parent: null,
    siblings: [],
    run: null,
    ...more,
  }) as Message;

/** A state in which these conversations were opened, each with one message. */
function opened(threads: Thread[], more: Partial<Message> = {}): LiveState {
  return threads.reduce((live, each) => {
    const page = { messages: [message(`m-${each.id}`, each.id, more)], seq: 3 };
    const loaded = loadPage(live, each.id, page, "newest", NOW);
    return { ...loaded, threads: { ...loaded.threads, [each.id]: each } };
  }, NOTHING);
}

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  queries.clear();
});

afterEach(() => {
  stopKeepingCopies();
  forgetEverything();
});

/** The connection stands, and these were read a moment ago. */
function reading(threads: Thread[]): void {
  useLogin.setState({ status: "signed-in", me: ADA });
  useLive.setState({ connection: { state: "online", since: NOW } });
  keepCopies("ada");
  useLive.setState({ live: opened(threads) });
}

test("what was read a moment before the connection went is kept", async () => {
  reading([thread("t1")]);

  useLive.setState({ connection: { state: "offline", since: NOW } });

  await vi.waitFor(async () => expect(await readCopy("ada", "t1", Date.now())).toBeDefined());
});

test("whoever comes next gets nothing that the former person read", async () => {
  await writeCopies(ADA, opened([thread("t1")]), Date.now());
  reading([thread("t2")]);

  useLogin.setState({ status: "signed-in", me: BOB });
  useLive.setState({ connection: { state: "offline", since: NOW } }); // as `connection.ts` does before it forgets
  forgetEverything();
  await new Promise((resolve) => setTimeout(resolve, 50));

  expect(await readCopy("bob", "t2", Date.now())).toBeUndefined();
  expect(await readCopy("ada", "t1", Date.now())).toBeDefined();
});

test("nothing is said to be written now, and folders are there", async () => {
  queries.setQueryData(["threads", "folders"], [{ id: "f1", name: "Rivers", created_at: "2026-11-22T10:00:00Z" }]);
  await writeCopies(ADA, opened([thread("t1", { running: true, folder: "f1" })]), NOW);
  queries.clear();

  await showCopies(NOW + 1);

  expect(queries.getQueryData(["threads", {}])).toMatchObject({ pages: [{ threads: [{ id: "t1", running: false }] }] });
  expect((await readCopy("ada", "t1", NOW + 1))?.thread.running).toBe(false);
  expect(queries.getQueryData(["threads", "folders"])).toMatchObject([{ name: "Rivers" }]);
});

test("what was read is read again as it was, and listed", async () => {
  await writeCopies(ADA, opened([thread("t1"), thread("t2", { updated_at: "2026-11-23T10:00:00Z" })]), NOW);

  expect(await showCopies(NOW + 1)).toEqual(ADA);
  expect(await readCopy("ada", "t1", NOW + 1)).toMatchObject({
    thread: { id: "t1" },
    messages: [{ id: "m-t1" }],
    seq: 3,
  });
  expect(queries.getQueryData(["threads", {}])).toMatchObject({ pages: [{ threads: [{ id: "t2" }, { id: "t1" }] }] });
});

test("nobody else reads it, and nobody after a week", async () => {
  await writeCopies(ADA, opened([thread("t1")]), NOW);

  expect(await readCopy("bob", "t1", NOW)).toBeUndefined();
  expect(await readCopy("ada", "t1", NOW + WEEK_MS)).toBeUndefined();
  expect(await showCopies(NOW + WEEK_MS)).toBeUndefined();
});

test("another person's copies take the place of the former's", async () => {
  await writeCopies(ADA, opened([thread("t1")]), NOW);
  await writeCopies(BOB, opened([thread("t2")]), NOW);

  expect(await showCopies(NOW)).toEqual(BOB);
  expect(await readCopy("bob", "t1", NOW)).toBeUndefined();
});

test("temporary conversations and answers that are still being written are not kept", async () => {
  await writeCopies(ADA, opened([thread("t1", { temporary: true })]), NOW);
  await writeCopies(ADA, opened([thread("t2")], { status: "streaming" }), NOW);

  expect(await readCopy("ada", "t1", NOW)).toBeUndefined();
  expect(await readCopy("ada", "t2", NOW)).toBeUndefined();
});

test("the twenty that were read last are kept", async () => {
  for (let place = 0; place < 22; place++) {
    const all = Array.from({ length: place + 1 }, (_, index) => thread(`t${index}`));
    await writeCopies(
      ADA,
      { ...opened([thread(`t${place}`)]), threads: Object.fromEntries(all.map((each) => [each.id, each])) },
      NOW + place,
    );
  }

  expect(await readCopy("ada", "t1", NOW)).toBeUndefined();
  expect(await readCopy("ada", "t2", NOW)).toBeDefined();
  expect(await readCopy("ada", "t21", NOW)).toBeDefined();
});

test("without storage the page works on", async () => {
  vi.stubGlobal("indexedDB", {
    open: () => {
      throw new Error("refused");
    },
  });
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);

  await writeCopies(ADA, opened([thread("t1")]), NOW);
  expect(await showCopies(NOW)).toBeUndefined();
  expect(warn).toHaveBeenCalled();
});

test("what may not be read any more does not stay on the device either", async () => {
  await writeCopies(ADA, opened([thread("t1")]), NOW);

  expect(await showCopies(NOW + WEEK_MS)).toBeUndefined();

  await vi.waitFor(async () => expect(await indexedDB.databases()).toEqual([]));
});

test("nothing of an account that an administrator looks at comes onto their device", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"], now: NOW });
  useLogin.setState({ status: "signed-in", me: ADA });
  useLive.setState({ connection: { state: "online", since: NOW }, live: opened([thread("own")]) });
  keepCopies("ada");
  await vi.advanceTimersByTimeAsync(5_000);
  vi.useRealTimers();
  await vi.waitFor(async () => expect(await readCopy("ada", "own", NOW + 5_000)).toBeDefined());
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"], now: NOW });
  keepCopies("ada");

  beginLook({ ...BOB, access_token: "as-bob", expires_in: 300, ends_in: 900 } as Impersonation);
  useLive.setState({ live: opened([thread("theirs")]) });
  await vi.advanceTimersByTimeAsync(300_000);
  vi.useRealTimers();
  await new Promise((resolve) => setTimeout(resolve, 100));

  expect(await showCopies(NOW + 5_000)).toEqual(ADA);
  expect(await readCopy("bob", "theirs", NOW + 5_000)).toBeUndefined();
  leaveLook();
  stopKeepingCopies();
});
