// Sign-in state under concurrency, expiry, other tabs, and a server that is away.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SetupState, SignedIn } from "./types";

const ADA: SignedIn = {
  access_token: "first",
  token: "first",
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
const answer = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });
const ended = () => answer(401, { code: "login_session_ended", detail: "Your session has ended.", status: 401 });

const setup = (has_refresh_token: boolean) =>
  answer(200, {
    claimed: true,
    claim: "loopback",
    password_min_length: 8,
    has_refresh_token,
    passkeys_at: null,
    mail: false,
    signup: "closed" as const,
    providers: [],
  } satisfies SetupState);

const nobody = async (path: string) => (path === "/api/auth/setup" ? setup(false) : ended());

let server: ReturnType<typeof vi.fn<(path: string) => Promise<Response>>>;
const asked = () => server.mock.calls.map(([path]) => path);

beforeEach(() => {
  vi.resetModules();
  server = vi.fn(async (path) => (path === "/api/auth/setup" ? setup(true) : answer(200, ADA)));
  vi.stubGlobal("fetch", server);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("many callers at once renew the token once", async () => {
  const login = await import("./login");

  const tokens = await Promise.all([login.freshToken(), login.freshToken(), login.freshToken()]);

  expect(tokens).toEqual(["first", "first", "first"]);
  expect(server).toHaveBeenCalledTimes(1);
});

test("a token is renewed before it expires", async () => {
  vi.useFakeTimers();
  const login = await import("./login");
  await login.freshToken();
  server.mockImplementation(async () => answer(200, { ...ADA, access_token: "second" }));

  vi.advanceTimersByTime(280_000);

  expect(await login.freshToken()).toBe("second");
});

test("nobody signed in is an ordinary start: without a cookie no session is asked for", async () => {
  server.mockImplementation(nobody);
  const login = await import("./login");

  await login.start();

  expect(login.useLogin.getState().status).toBe("signed-out");
  expect(asked()).toEqual(["/api/auth/setup"]);
});

test("a cookie that is no longer good is an ordinary start too", async () => {
  server.mockImplementation(async (path) => (path === "/api/auth/setup" ? setup(true) : ended()));
  const login = await import("./login");

  await login.start();

  expect(login.useLogin.getState().status).toBe("signed-out");
});

test("whoever comes back with a cookie is signed in", async () => {
  const login = await import("./login");

  await login.start();

  expect(login.useLogin.getState()).toMatchObject({ status: "signed-in", me: { display_name: "Ada" } });
  expect(asked()).toEqual(["/api/auth/setup", "/api/auth/refresh"]);
});

test("a server that is away when the page opens is told so", async () => {
  server.mockRejectedValue(new TypeError("network"));
  const login = await import("./login");

  await login.start();

  expect(login.useLogin.getState().status).toBe("unreachable");
});

test("a session that ends while somebody is here locks the page and remembers who it was", async () => {
  const login = await import("./login");
  await login.start();
  server.mockImplementation(async () => ended());

  await expect(login.renew()).rejects.toMatchObject({ code: "login_session_ended" });

  expect(login.useLogin.getState()).toMatchObject({ status: "locked", me: { display_name: "Ada" } });
});

test("a server that is away ends nothing", async () => {
  const login = await import("./login");
  await login.start();
  server.mockRejectedValue(new TypeError("network"));

  await expect(login.renew()).rejects.toMatchObject({ code: "unreachable" });

  expect(login.useLogin.getState().status).toBe("signed-in");
});

test("a wrong password says so and changes nothing", async () => {
  server.mockImplementation(nobody);
  const login = await import("./login");
  await login.start();
  server.mockImplementation(async () => answer(401, { code: "credentials_rejected", detail: "Wrong." }));

  const attempt = login.enterWithPassword({ email: "ada@example.org", password: "no" });

  await expect(attempt).rejects.toMatchObject({ code: "credentials_rejected", status: 401 });
  expect(login.useLogin.getState().status).toBe("signed-out");
});

test("signing in or out in another tab is followed here without asking the server", async () => {
  server.mockImplementation(nobody);
  const login = await import("./login");
  await login.start();
  server.mockClear();
  const otherTab = new BroadcastChannel("emergence.login");

  otherTab.postMessage(ADA);
  await vi.waitFor(() => expect(login.useLogin.getState().status).toBe("signed-in"));
  expect(await login.freshToken()).toBe("first");
  otherTab.postMessage("signed-out");
  await vi.waitFor(() => expect(login.useLogin.getState().status).toBe("signed-out"));

  expect(server).not.toHaveBeenCalled();
  otherTab.close();
});

test("a fresh proof goes on with another token, and no renewal comes between", async () => {
  const order: string[] = [];
  server.mockImplementation(async (path) => {
    order.push(path);
    if (path === "/api/auth/setup") return setup(true);
    return answer(200, path === "/api/auth/step-up" ? { ...ADA, access_token: "proved" } : ADA);
  });
  const login = await import("./login");
  await login.freshToken();

  const proving = login.stepUp({ password: "right" });
  await vi.waitFor(() => expect(order).toContain("/api/auth/step-up"));
  await proving;

  expect(await login.freshToken()).toBe("proved");
  expect(order).toEqual(["/api/auth/refresh", "/api/auth/step-up"]);
});
