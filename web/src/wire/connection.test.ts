// Commands from the moment of sending to the ack, across lost connections, refusals and reloads.
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ScriptedSocket } from "./scripted_socket";

const ME = { user_id: "u1", role: "admin" as const, email: null, display_name: "Ada" };
const SENT = { agent: "neo", text: "Hello 😀", language: "en" as const };

/** A page that has just been opened by somebody who is signed in; storage is kept from page to page. */
async function openPage() {
  vi.resetModules();
  ScriptedSocket.opened = [];
  const [{ useLogin }, { followLogin }, commands, { useLive }] = await Promise.all([
    import("./login"),
    import("./connection"),
    import("./commands"),
    import("./live/store"),
  ]);
  useLogin.setState({ status: "signed-in", me: ME });
  followLogin();
  await vi.waitFor(() => expect(ScriptedSocket.opened).toHaveLength(1));
  const leave = () => useLogin.setState({ status: "signed-out", me: undefined });
  return { ...commands, leave, outbox: () => useLive.getState().outbox, live: () => useLive.getState().live };
}

function goOnline(): ScriptedSocket {
  ScriptedSocket.last.accept();
  ScriptedSocket.last.welcome();
  return ScriptedSocket.last;
}

/** Every page of these tests lives in one process: tabs must not hear each other's sign-ins. */
class NobodyElse {
  postMessage(): void {}
}

beforeEach(() => {
  vi.stubGlobal("WebSocket", ScriptedSocket);
  vi.stubGlobal("BroadcastChannel", NobodyElse);
  vi.stubGlobal("indexedDB", new IDBFactory());
  const grant = { access_token: "t", expires_in: 300, ...ME, ticket: "one-time" };
  vi.stubGlobal(
    "fetch",
    async () => new Response(JSON.stringify(grant), { headers: { "content-type": "application/json" } }),
  );
});
afterEach(() => void vi.unstubAllGlobals());

test("a message is waiting at once, and stored under the same key after its ack", async () => {
  const page = await openPage();
  const server = goOnline();

  const delivered = page.sendMessage(SENT);
  expect(page.outbox()).toMatchObject([{ command: { text: "Hello 😀" } }]);
  const [command] = server.heard("message.send");
  server.say("ack", { cid: command?.cid, thread: "t1", message: "m1", reply: "m2", run: "r1", repeated: false });

  await expect(delivered).resolves.toEqual({ thread: "t1", message: "m1" });
  await vi.waitFor(() => expect(page.outbox()).toEqual([]));
  expect(page.live().loaded.t1).toMatchObject({ leaf: "m1", messages: { m1: { parent: null } } });
  expect(page.live().keys.m1).toBe(command?.cid);
  page.leave();
});

test("a message without an ack is sent again with the same id after a reconnect", async () => {
  const page = await openPage();
  const first = goOnline();
  void page.sendMessage(SENT);
  const [before] = first.heard("message.send");

  first.drop(1006);
  await vi.waitFor(() => expect(ScriptedSocket.opened).toHaveLength(2), 2_000);
  goOnline();

  expect(ScriptedSocket.last.heard("message.send")).toEqual([before]);
  page.leave();
});

test("a message written while offline survives a reload and is sent then", async () => {
  const offline = await openPage();
  void offline.sendMessage(SENT);
  await new Promise((done) => setTimeout(done, 50)); // time for the device to store it; then the page is gone

  const reloaded = await openPage();
  await vi.waitFor(() => expect(reloaded.outbox()).toHaveLength(1));
  const server = goOnline();

  expect(server.heard("message.send")).toMatchObject([{ text: "Hello 😀", agent: "neo" }]);
  offline.leave();
  reloaded.leave();
});

test("a refused message keeps its text and its reason, and can be sent again or given up", async () => {
  const page = await openPage();
  const server = goOnline();
  const refused = page.sendMessage({ ...SENT, agent: "nobody" });
  const cid = String(server.heard("message.send")[0]?.cid);

  server.say("error", { code: "unknown_agent", message: "There is no agent with that name.", cid });

  await expect(refused).rejects.toMatchObject({ code: "unknown_agent" });
  await vi.waitFor(() => expect(page.outbox()[0]?.refusal?.code).toBe("unknown_agent"));
  await page.sendAgain(cid);
  expect(server.heard("message.send")).toHaveLength(2);
  await page.discardUnsent(cid);
  expect(page.outbox()).toEqual([]);
  page.leave();
});

test("missing frames are asked for once and again only after an answer", async () => {
  const page = await openPage();
  const server = goOnline();
  const thread = { id: "t1", title: "A", agent: "neo", created_at: "1", updated_at: "1", running: false };

  server.say("thread.updated", { thread }, { topic: "user:u1", seq: 5 });
  server.say("thread.updated", { thread }, { topic: "user:u1", seq: 6 });
  const [asked] = server.heard("subscribe");
  expect(server.heard("subscribe")).toHaveLength(1);
  expect(asked).toMatchObject({ topic: "user:u1", seq: 0 });
  server.say("ack", { cid: asked?.cid, repeated: false });

  expect(page.live().gaps).toEqual({});
  page.leave();
});

test("signing out forgets every conversation in memory", async () => {
  const page = await openPage();
  const server = goOnline();
  void page.sendMessage(SENT).catch(() => undefined);
  server.say("ack", { cid: server.heard("message.send")[0]?.cid, thread: "t1", message: "m1", repeated: false });
  expect(page.live().loaded.t1).toBeDefined();

  page.leave();

  expect(page.live().loaded).toEqual({});
});

test("after the person's frames were lost, open conversations are read again, and one that is gone is told so", async () => {
  const page = await openPage();
  const server = goOnline();
  void page.sendMessage(SENT);
  const [command] = server.heard("message.send");
  server.say("ack", { cid: command?.cid, thread: "t1", message: "m1", reply: "m2", run: "r1", repeated: false });
  await vi.waitFor(() => expect(page.live().loaded.t1).toBeDefined());
  const gone = { code: "unknown_thread", detail: "" };
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify(gone), { status: 404 }));

  server.say("topic.reset", { seq: 70 }, { topic: "user:u1" });

  await vi.waitFor(() => expect(page.live().deleted).toEqual({ t1: null }));
  expect(page.live().loaded.t1).toBeUndefined();
  page.leave();
});

test("what a stranger asked for before it was known that nobody is here is answered", async () => {
  vi.resetModules();
  const [{ useLogin }, { followLogin }, { queries }, { QueryObserver }] = await Promise.all([
    import("./login"),
    import("./connection"),
    import("./questions"),
    import("@tanstack/react-query"),
  ]);
  followLogin();
  let answer = (_: string): void => undefined;
  const queryFn = () => new Promise<string>((resolve) => (answer = resolve));
  const observer = new QueryObserver(queries, { queryKey: ["shared"], queryFn });
  const stop = observer.subscribe(() => undefined);

  useLogin.setState({ status: "signed-out", me: undefined });
  answer("Herons");

  await vi.waitFor(() => expect(observer.getCurrentResult().data).toBe("Herons"));
  stop();
});

test("nothing that was asked stays when somebody leaves", async () => {
  const page = await openPage();
  const { queries } = await import("./questions");
  queries.setQueryData(["threads", {}], "theirs");

  page.leave();

  expect(queries.getQueryData(["threads", {}])).toBeUndefined();
});
