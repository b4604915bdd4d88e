// The archive, what was deleted, and what the server's limits mean.
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renderInRouter } from "@/render_in_router";
import { forgetEverything, useLive } from "@/wire/live/store";
import { madeThread } from "@/wire/made_threads";
import { scriptedAccount } from "@/wire/scripted_account";
import { ConversationsSettings } from "./ConversationsSettings";

const AWAY = madeThread("a", { title: "Put away", archived: true });
const GONE = madeThread("d", { title: "Thrown away" });
const RESTORABLE = { thread: GONE, deleted_at: "2026-11-22T10:00:00Z", restorable_until: "2026-11-29T10:00:00Z" };
const PREVIEW = { days: null, threads: 0, messages: 0, oldest: [], by: "2026-11-22T10:01:00Z", next_at: null };
const EMPTY = {
  "GET /api/threads": [{ body: { threads: [], next: null } }],
  "/api/threads/deleted": [{ body: { threads: [], next: null } }],
  "/api/threads/retention": [{ body: { days: null, deleted_days: 7, temporary_hours: 24 } }],
  "/api/threads/retention/preview": [{ body: PREVIEW }],
};

beforeEach(() => useLive.setState({ connection: { state: "offline", since: 0 } }));
afterEach(() => {
  vi.unstubAllGlobals();
  forgetEverything();
});

function open(more: Parameters<typeof scriptedAccount>[0] = {}) {
  const asked = scriptedAccount({ ...EMPTY, ...more });
  return { ...renderInRouter(<ConversationsSettings />), asked };
}

test("where there is nothing, each part says what would be there", async () => {
  open();

  expect(await screen.findByText(/Nothing is archived/)).toBeVisible();
  expect(await screen.findByText("Nothing was deleted lately.")).toBeVisible();
  expect(await screen.findByText("This server keeps conversations until you delete them.")).toBeVisible();
  expect(await screen.findByText(/Deleted ones are erased after 7 days; temporary ones 1 day/)).toBeVisible();
});

test("an archived conversation goes back into the list", async () => {
  const { person, asked } = open({
    "GET /api/threads": [{ body: { threads: [AWAY], next: null } }],
    "PATCH /api/threads/a": [{ body: { ...AWAY, archived: false } }],
  });
  const line = within(await screen.findByRole("listitem", { name: "Put away" }));
  expect(line.getByRole("link", { name: "Put away" })).toHaveAttribute("href", "/t/a");

  await person.click(line.getByRole("button", { name: "Put back into the list" }));

  await waitFor(() => expect(screen.queryByRole("listitem")).toBeNull());
  expect(asked.find(({ body }) => body)?.body).toEqual({ archived: false });
});

test("a deleted conversation says when it goes and comes back", async () => {
  const { person } = open({
    "/api/threads/deleted": [{ body: { threads: [RESTORABLE], next: null } }],
    "POST /api/threads/d/restore": [{ body: GONE }],
  });
  const line = within(await screen.findByRole("listitem", { name: "Thrown away" }));
  expect(line.getByText(/Will be erased on November 29, 2026/)).toBeVisible();

  await person.click(line.getByRole("button", { name: "Bring it back" }));

  expect(await screen.findByText("Nothing was deleted lately.")).toBeVisible();
});

test("erasing asks first, says what is refused, and then it is gone", async () => {
  const { person, asked } = open({
    "/api/threads/deleted": [{ body: { threads: [RESTORABLE], next: null } }, { body: { threads: [], next: null } }],
    "DELETE /api/threads/deleted/d": [{ status: 409, body: { code: "thread_not_deleted" } }, { status: 204 }],
  });
  await person.click(await screen.findByRole("button", { name: "Erase now…" }));
  expect(asked.some(({ path }) => path === "/api/threads/deleted/d")).toBe(false);

  await person.click(screen.getByRole("button", { name: "Erase now" }));
  expect(await screen.findByText("This conversation is not deleted.")).toBeVisible();
  await person.click(screen.getByRole("button", { name: "Erase now" }));

  expect(await screen.findByText("Nothing was deleted lately.")).toBeVisible();
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("a server with a limit says what it means for the person", async () => {
  open({
    "/api/threads/retention": [{ body: { days: 90, deleted_days: 3.5, temporary_hours: 2 } }],
    "/api/threads/retention/preview": [
      { body: { ...PREVIEW, days: 90, threads: 2, messages: 9, next_at: "2026-12-24T10:00:00Z" } },
    ],
  });

  expect(await screen.findByText(/erases every conversation 90 days after its last message/)).toBeVisible();
  expect(await screen.findByText(/2 conversations are beyond their limit/)).toBeVisible();
  expect(screen.getByText(/the next one is erased on December 24, 2026/)).toBeVisible();
  expect(screen.getByText(/after 84 hours; temporary ones 2 hours/)).toBeVisible();
});

test("lists that cannot be read say why, each with a way to ask again", async () => {
  const broken = [{ status: 409, body: { code: "database_unavailable" } }];
  open({ "GET /api/threads": broken, "/api/threads/deleted": broken, "/api/threads/retention": broken });

  await waitFor(() => expect(screen.getAllByRole("button", { name: "Try again" })).toHaveLength(3));
  expect(screen.getAllByText(/The database does not answer right now/)).toHaveLength(3);
});
