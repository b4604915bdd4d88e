// What becomes of unsent words when somebody signs out.
import { screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepDraft, readDraft } from "@/conversation/composer/drafts";
import { renderPart } from "@/render_for_test";
import { useLive } from "@/wire/live/store";
import { useLogin } from "@/wire/login";
import { countUnsent, keep } from "@/wire/outbox";
import { SignOutQuestion } from "./SignOutQuestion";
import { signOut } from "./sign_out";

const SLOW = { timeout: 20_000 }; // the window is fetched when it is first needed
let user = "";
let number = 0;
let server: ReturnType<typeof vi.fn<(path: string) => Promise<Response>>>;

beforeEach(() => {
  number += 1;
  user = `user-${number}`; // what one test left unsent is no other test's
  const grant = { access_token: "t", expires_in: 300, user_id: user, role: "member", email: null, display_name: "Ada" };
  server = vi.fn(async (path) =>
    path.endsWith("logout") ? new Response(null, { status: 204 }) : Response.json(grant),
  );
  vi.stubGlobal("fetch", server);
  useLogin.setState({ status: "signed-in", me: { user_id: user, role: "member", email: null, display_name: "Ada" } });
});
afterEach(() => {
  vi.unstubAllGlobals();
  useLive.setState({ outbox: [] });
});

const message = (cid: string, who = user) => ({
  command: { cmd: "message.send" as const, cid, thread: null, agent: "neo", text: "Hello", language: "en" as const },
  at: 1,
  user: who,
});
const isSignedOut = () => useLogin.getState().status === "signed-out";

/** Somebody with a draft and a waiting message presses "Sign out", and sees the question. */
async function leaveWithUnsentWords() {
  await keepDraft(user, "t1", { text: "half a thought", agent: null });
  await keep(message(`${user}-m`));
  await keepDraft("other", "t1", { text: "somebody else's", agent: null });
  await keep(message("other-m", "other"));
  const person = renderPart(<SignOutQuestion />);
  const leaving = signOut();
  await screen.findByRole("dialog", { name: "You have 2 unsent messages" }, SLOW);
  expect(isSignedOut()).toBe(false);
  return { person, leaving };
}

async function expectKept() {
  expect(await readDraft(user, "t1")).toMatchObject({ text: "half a thought" });
  expect(await countUnsent(user)).toBe(1);
}

test("with nothing unsent it asks nothing, and forgets drafts without words", async () => {
  await keepDraft(user, "new", { text: "  ", agent: "neo" });

  await signOut();

  expect(isSignedOut()).toBe(true);
  expect(await readDraft(user, "new")).toBeNull();
});

test("unsent words are deleted when their writer says so, and nobody else's", async () => {
  const { person, leaving } = await leaveWithUnsentWords();

  await person.click(screen.getByRole("button", { name: "Delete and sign out" }));
  await leaving;

  expect(isSignedOut()).toBe(true);
  expect(await readDraft(user, "t1")).toBeNull();
  expect(await countUnsent(user)).toBe(0);
  expect(await readDraft("other", "t1")).not.toBeNull();
  expect(await countUnsent("other")).toBe(1);
});

test("they can be kept for the next time", async () => {
  const { person, leaving } = await leaveWithUnsentWords();

  await person.click(screen.getByRole("button", { name: "Keep and sign out" }));
  await leaving;

  expect(isSignedOut()).toBe(true);
  await expectKept();
});

test.each(["button", "Escape"])("staying changes nothing (%s)", async (way) => {
  const { person, leaving } = await leaveWithUnsentWords();

  if (way === "Escape") await person.keyboard("{Escape}");
  else await person.click(screen.getByRole("button", { name: "Stay signed in" }));
  await leaving;

  expect(isSignedOut()).toBe(false);
  expect(screen.queryByRole("dialog")).toBeNull();
  await expectKept();
});

test("a server that is away costs no words, also of somebody who would delete them", async () => {
  server.mockImplementation(async (path) => {
    if (path.endsWith("logout")) throw new TypeError("network");
    return Response.json({ access_token: "t", expires_in: 300, user_id: user, role: "member" });
  });
  const { person, leaving } = await leaveWithUnsentWords();
  const refused = expect(leaving).rejects.toMatchObject({ code: "unreachable" });

  await person.click(screen.getByRole("button", { name: "Delete and sign out" }));

  await refused;
  await expectKept();
});

test("signing out in another tab takes the question away and keeps everything", async () => {
  const { leaving } = await leaveWithUnsentWords();

  useLogin.setState({ status: "signed-out", me: undefined });
  await leaving;

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await expectKept();
});
