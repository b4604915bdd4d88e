// Where one is signed in: told readably, and ended only after a question.
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import type { MySession } from "@/wire";
import { useLive } from "@/wire/live/store";
import { countOf, problem, scriptedAccount } from "@/wire/scripted_account";
import { SessionsSection } from "./SessionsSection";

const LIST = "/api/auth/my-sessions";
const session = (state: Partial<MySession>): MySession => ({
  id: "s1",
  is_current: false,
  agent: "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
  network: "192.0.2.0/24",
  methods: ["pwd"],
  created_at: "2026-11-20T10:00:00Z",
  last_seen_at: new Date(Date.now() - 3 * 3600_000).toISOString(),
  expires_at: "2026-12-20T10:00:00Z",
  impersonator_name: null,
  ...state,
});
const HERE = session({ id: "here", is_current: true, agent: "curl/8.14.1" });
const THERE = session({ id: "there" });
const listed = (...sessions: MySession[]) => ({ body: { sessions } });

afterEach(() => void vi.unstubAllGlobals());

function shown(replies: Parameters<typeof scriptedAccount>[0]) {
  const asked = scriptedAccount(replies);
  return { asked, user: renderPart(<SessionsSection />) };
}

test("each place has a name, a network and a time; this one is marked and cannot be ended here", async () => {
  shown({ [LIST]: [listed(HERE, THERE)] });

  const [here, there] = await screen.findAllByRole("listitem");

  expect(here).toHaveTextContent("curlThis sessionActive now · 192.0.2.0/24");
  expect(there).toHaveTextContent("Firefox on LinuxLast active 3 hours ago · 192.0.2.0/24");
  expect(here && within(here).queryByRole("button")).toBeNull();
});

test("a place that is connected says so", async () => {
  useLive.setState({ connectedSignIns: ["there"] });
  shown({ [LIST]: [listed(HERE, THERE)] });

  expect((await screen.findAllByRole("listitem"))[1]).toHaveTextContent("Firefox on LinuxConnected now");
  useLive.setState({ connectedSignIns: [] });
});

test("one is ended after a question, and the list is asked for again", async () => {
  const path = `${LIST}/there/revoke`;
  const { asked, user } = shown({ [LIST]: [listed(HERE, THERE), listed(HERE)], [path]: [{ status: 204 }] });

  await user.click(
    await screen.findByRole("button", { name: "End the session: Firefox on Linux, Last active 3 hours ago" }),
  );
  expect(screen.getByRole("dialog", { name: "End the session on Firefox on Linux?" })).toBeVisible();
  expect(screen.getByRole("button", { name: "Cancel" })).toHaveFocus();
  expect(countOf(asked, path)).toBe(0);
  await user.click(screen.getByRole("button", { name: "End the session" }));

  expect(await screen.findByText("You are signed in nowhere else.")).toBeVisible();
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("all others are ended at once", async () => {
  const path = `${LIST}/revoke-others`;
  const { asked, user } = shown({
    [LIST]: [listed(HERE, THERE, session({ id: "x", agent: null, network: null })), listed(HERE)],
    [path]: [{ body: { revoked: 2 } }],
  });

  expect(await screen.findByText("Unknown device")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "End all other sessions" }));
  await user.click(screen.getByRole("button", { name: "End the other sessions" }));

  expect(await screen.findByText("You are signed in nowhere else.")).toBeVisible();
  expect(countOf(asked, path)).toBe(1);
});

test("cancelling ends nothing; a refusal is told in the question", async () => {
  const path = `${LIST}/there/revoke`;
  const { asked, user } = shown({ [LIST]: [listed(HERE, THERE)], [path]: [problem(404, "unknown_login_session")] });
  const end = await screen.findByRole("button", { name: /^End the session:/ });

  await user.click(end);
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(countOf(asked, path)).toBe(0);
  await user.click(end);
  await user.click(screen.getByRole("button", { name: "End the session" }));

  expect(await screen.findByText("This session has ended already.")).toBeVisible();
});
