// Viewing as somebody else: another token in this tab only, and oneself again however it ends.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Impersonation, SignedIn } from "./types";

const ADA: SignedIn = {
  access_token: "own",
  token: "own",
  token_type: "Bearer",
  expires_in: 300,
  expires_at: "2026-11-22T10:05:00Z",
  session_id: "s1",
  user_id: "u1",
  role: "admin",
  email: "ada@example.org",
  display_name: "Ada",
  password_must_reset: false,
};
const EVE: Impersonation = {
  access_token: "as-eve",
  token_type: "Bearer",
  expires_in: 300,
  session_id: "s9",
  ends_at: "2026-11-22T10:15:00Z",
  ends_in: 900,
  user_id: "u2",
  role: "member",
  email: "eve@example.org",
  display_name: "Eve",
};
const [REFRESH, RENEW, END] = [
  "/api/auth/refresh",
  "/api/auth/admin/impersonation/renew",
  "/api/auth/admin/impersonation/end",
];
type Call = { path: string; bearer: string | null };
let replies: Record<string, () => Response>;
let asked: Call[];

const json =
  (body: unknown, status = 200) =>
  () =>
    new Response(JSON.stringify(body), { status });
const ended = json({ code: "login_session_ended", detail: "Over." }, 401);
const pathsOf = () => asked.map(({ path }) => path);

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
  asked = [];
  replies = { [REFRESH]: json(ADA), [RENEW]: json({ ...EVE, access_token: "as-eve-2" }), [END]: json({}, 200) };
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    asked.push({ path, bearer: new Headers(init.headers).get("authorization") });
    return replies[path]?.() ?? new Response(null, { status: 404 });
  });
});
afterEach(async () => {
  (await import("./impersonation")).leaveLook(); // each test has a module of its own, and all listen to one page
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Ada is signed in and views as Eve. */
async function begun() {
  const login = await import("./login");
  const look = await import("./impersonation");
  await login.renew();
  asked.length = 0;
  look.beginLook(EVE);
  return { login, look, me: () => login.useLogin.getState().me?.user_id };
}

test("the page is the other person's, and requests carry the other token without asking for one", async () => {
  const { login, look, me } = await begun();

  expect(await login.freshToken()).toBe("as-eve");
  expect(me()).toBe("u2");
  expect(look.useLook.getState().look?.administrator.user_id).toBe("u1");
  expect(asked).toEqual([]);
});

test("no other tab hears of it", async () => {
  const heard = vi.fn();
  const otherTab = new BroadcastChannel("emergence.login");
  otherTab.onmessage = heard;
  const { login } = await begun();
  vi.useRealTimers();
  await new Promise((resolve) => setTimeout(resolve, 50));
  heard.mockClear(); // signing in oneself was told, as always

  await login.renew();
  await new Promise((resolve) => setTimeout(resolve, 50));

  expect(pathsOf()).toEqual([RENEW]);
  expect(heard).not.toHaveBeenCalled();
  otherTab.close();
});

test("another tab's renewal of one's own session changes nothing on this page, and is used afterwards", async () => {
  const { login, look, me } = await begun();
  const otherTab = new BroadcastChannel("emergence.login");
  vi.useRealTimers();

  otherTab.postMessage({ ...ADA, access_token: "own-2" });
  await new Promise((resolve) => setTimeout(resolve, 50));

  expect(me()).toBe("u2");
  expect(await login.freshToken()).toBe("as-eve");
  await look.endLook();
  expect(await login.freshToken()).toBe("own-2");
  otherTab.close();
});

test("signing out in another tab ends it here too", async () => {
  const { login, look } = await begun();
  const otherTab = new BroadcastChannel("emergence.login");
  vi.useRealTimers();

  otherTab.postMessage("signed-out");
  await vi.waitFor(() => expect(login.useLogin.getState().status).toBe("signed-out"));

  expect(look.isLooking()).toBe(false);
  otherTab.close();
});

test("the token is renewed before it expires, once however many ask, by itself", async () => {
  const { login } = await begun();
  vi.advanceTimersByTime(280_000);

  const tokens = await Promise.all([login.freshToken(), login.freshToken(), login.freshToken()]);

  expect(tokens).toEqual(["as-eve-2", "as-eve-2", "as-eve-2"]);
  expect(asked).toEqual([{ path: RENEW, bearer: "Bearer as-eve" }]);
});

test("a token that was refused is renewed", async () => {
  const { login } = await begun();

  login.tokenWasRefused("as-eve");

  expect(await login.freshToken()).toBe("as-eve-2");
});

test("ending it tells the server and returns to oneself, with one's own token", async () => {
  const { login, look, me } = await begun();

  await look.endLook();

  expect(asked).toEqual([{ path: END, bearer: "Bearer as-eve" }]);
  expect(me()).toBe("u1");
  expect(look.isLooking()).toBe(false);
  expect(await login.freshToken()).toBe("own");
  expect(pathsOf()).not.toContain(REFRESH);
});

test("while the server is away it goes on, and one is told so", async () => {
  const { look, me } = await begun();
  replies[END] = () => {
    throw new TypeError("network");
  };

  await expect(look.endLook()).rejects.toMatchObject({ code: "unreachable" });

  expect(me()).toBe("u2");
});

test.each([
  ["revoked", 280_000],
  ["over", 900_000],
])("when it is %s one is oneself again", async (_, later) => {
  const { login, look, me } = await begun();
  replies[RENEW] = ended;

  vi.advanceTimersByTime(later);
  await login.freshToken().catch(() => undefined);

  expect(me()).toBe("u1");
  expect(look.isLooking()).toBe(false);
});

test("a renewal that fails for another reason does not end it", async () => {
  const { login, look } = await begun();
  replies[RENEW] = json({ code: "unavailable" }, 503);
  vi.advanceTimersByTime(280_000);

  await expect(login.freshToken()).rejects.toMatchObject({ code: "unavailable" });

  expect(look.isLooking()).toBe(true);
});

test("a tab that is closed leaves nothing open", async () => {
  await begun();

  dispatchEvent(new Event("pagehide"));

  expect(asked).toEqual([{ path: END, bearer: "Bearer as-eve" }]);
});
