// The export in each of its states, and an account that ends only when the word was typed.
import { screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { useLogin } from "@/wire/login";
import { countOf, problem, scriptedAccount } from "@/wire/scripted_account";
import { YourDataSettings } from "./YourDataSettings";

const [ME, EXPORT, DOWNLOAD] = ["/api/auth/me", "/api/auth/me/export", "/api/auth/me/export/download"];
const RUNNING = {
  state: "running",
  requested_at: "2026-11-27T10:00:00Z",
  collecting: "session",
  parts_done: 1,
  parts: 3,
  rows: 1200,
  size_bytes: 0,
  expires_at: null,
};
const READY = { ...RUNNING, state: "ready", parts_done: 3, size_bytes: 3_400_000, expires_at: "2026-12-04T10:00:00Z" };

beforeEach(() => {
  URL.createObjectURL = vi.fn(() => "blob:file");
  URL.revokeObjectURL = vi.fn();
});
afterEach(() => void vi.unstubAllGlobals());

function open(replies: Parameters<typeof scriptedAccount>[0]) {
  const asked = scriptedAccount(replies);
  return { asked, user: renderPart(<YourDataSettings />) };
}

test("without an export one can be asked for, and how far it is follows", async () => {
  const { user } = open({ [EXPORT]: [{ body: { export: null } }, { status: 202, body: RUNNING }] });

  await user.click(await screen.findByRole("button", { name: "Make an export" }));

  expect(await screen.findByText("1 of 3 parts, 1,200 rows so far. You may leave this page.")).toBeVisible();
  expect(screen.getByRole("progressbar", { name: "Progress" })).toHaveAttribute("value", "1");
  expect(screen.queryByRole("button", { name: /export/ })).toBeNull();
});

test("a part that does not answer is said to be asked again", async () => {
  open({ [EXPORT]: [{ body: { export: { ...RUNNING, state: "waiting" } } }] });

  expect(await screen.findByText(/^A part of the server does not answer right now/)).toBeVisible();
});

test("a finished one says its size and its end, and is downloaded", async () => {
  const { asked, user } = open({ [EXPORT]: [{ body: { export: READY } }], [DOWNLOAD]: [{ body: "zip" }] });

  expect(await screen.findByText(/1,200 rows, 3\.4 MB\. The file is deleted on/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Download" }));

  await waitFor(() => expect(URL.createObjectURL).toHaveBeenCalledOnce());
  expect(countOf(asked, DOWNLOAD)).toBe(1);
});

test("where the proof is old it is asked for first", async () => {
  const { user } = open({
    [EXPORT]: [{ body: { export: READY } }],
    [DOWNLOAD]: [problem(401, "insufficient_user_authentication")],
    "/api/auth/2fa/status": [{ body: { enabled: false, confirmed_at: null, recovery_codes_left: 0, methods: [] } }],
  });

  await user.click(await screen.findByRole("button", { name: "Download" }));

  expect(await screen.findByRole("dialog", { name: "Confirm that it is you" })).toBeVisible();
  expect(URL.createObjectURL).not.toHaveBeenCalled();
});

test.each([
  ["failed", { body: { export: { ...READY, state: "failed" } } }, /^A part of the server did not answer for two days/],
  ["unreachable", problem(503, "database_unavailable"), /^The database does not answer/],
])("%s is said", async (_, reply, words) => {
  open({ [EXPORT]: [reply] });

  expect(await screen.findByText(words)).toBeVisible();
});

test("two a day is said", async () => {
  const { user } = open({ [EXPORT]: [{ body: { export: READY } }, problem(429, "too_many_exports")] });

  await user.click(await screen.findByRole("button", { name: "Make a new export" }));

  expect(await screen.findByText("Two exports a day can be made. Try again tomorrow.")).toBeVisible();
});

async function deletion(reply: Parameters<typeof scriptedAccount>[0][string][number], typed: string) {
  const opened = open({ [EXPORT]: [{ body: { export: null } }], [ME]: [reply] });
  await opened.user.click(await screen.findByRole("button", { name: "Delete my account…" }));
  await opened.user.type(await screen.findByLabelText("Type “delete” to confirm"), typed);
  await opened.user.click(screen.getByRole("button", { name: "Delete my account" }));
  return opened;
}

test("without the word nothing happens", async () => {
  const { asked } = await deletion({ status: 202, body: {} }, "no");

  expect(await screen.findByText("Type the word “delete”.")).toBeVisible();
  expect(countOf(asked, ME)).toBe(0);
});

test("with the word the account is shut and nobody is signed in here", async () => {
  const { asked } = await deletion({ status: 202, body: { due_at: "2026-12-04T10:00:00Z" } }, " Delete ");

  await waitFor(() => expect(useLogin.getState().status).toBe("signed-out"));
  expect(countOf(asked, ME)).toBe(1);
});

test("the last administrator is told why not", async () => {
  await deletion(problem(409, "last_administrator"), "delete");

  expect(await screen.findByText("This is the only administrator. Make somebody else one first.")).toBeVisible();
  expect(useLogin.getState().status).toBe("signed-in");
});
