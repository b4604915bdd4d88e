// How long things are kept, said before it counts.
import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderInRouter } from "@/render_in_router";
import { forgetEverything } from "@/wire/live/store";
import { madeThread } from "@/wire/made_threads";
import { scriptedAccount } from "@/wire/scripted_account";
import DeletedConversation from "./DeletedConversation";
import { durationText } from "./duration_text";
import { KeepDialog } from "./KeepDialog";
import { endOf } from "./kept_until";
import TemporaryBanner from "./TemporaryBanner";

afterEach(() => {
  vi.unstubAllGlobals();
  forgetEverything();
});

const OLD = madeThread("t", { title: "Old", updated_at: "2020-01-01T10:00:00Z" });
const limits = (days: number | null) => [{ body: { days, deleted_days: 7, temporary_hours: 24 } }];
const PREVIEW = { days: 7, threads: 1, messages: 12, oldest: [OLD], by: "2026-11-22T10:01:00Z", next_at: null };

test.each([
  [24, "1 day", "1 jour"],
  [36, "36 hours", "36 heures"],
  [168, "7 days", "7 jours"],
  [0.5, "30 minutes", "30 minutes"],
  [1.5, "90 minutes", "90 minutes"],
  [0.001, "1 minute", "1 minute"],
])("%s hours", (hours, english, french) => {
  expect(durationText("en", hours)).toBe(english);
  expect(durationText("fr", hours).replace("\u00a0", " ")).toBe(french);
});

test("the shorter of the two limits counts, from the last message", () => {
  expect(endOf("2026-11-01T10:00:00Z", 7, null)?.toISOString()).toBe("2026-11-08T10:00:00.000Z");
  expect(endOf("2026-11-01T10:00:00Z", 90, 30)?.toISOString()).toBe("2026-12-01T10:00:00.000Z");
  expect(endOf("2026-11-01T10:00:00Z", null, 1)?.toISOString()).toBe("2026-11-02T10:00:00.000Z");
  expect(endOf("2026-11-01T10:00:00Z", null, null)).toBeNull();
});

test("a limit that a conversation is already beyond says what it erases before it is saved", async () => {
  const asked = scriptedAccount({
    "/api/threads/retention": limits(null),
    "/api/threads/retention/preview": [{ body: PREVIEW }],
    "PATCH /api/threads/t": [{ body: { ...OLD, retention_days: 7 } }],
  });
  const onClose = vi.fn();
  const { person } = renderInRouter(<KeepDialog thread={OLD} onClose={onClose} />);
  expect(await screen.findByText("Nothing erases it but you.")).toBeVisible();

  await person.click(screen.getByRole("button", { name: /After its last message/ }));
  await person.click(await screen.findByRole("option", { name: "7 days" }));

  expect(await screen.findByText(/with its messages \(12\), is erased within a minute/)).toBeVisible();
  expect(asked.find(({ path }) => path.endsWith("/preview"))?.search).toBe("?days=7&thread=t");
  expect(asked.some(({ body }) => body?.retention_days)).toBe(false);
  await person.click(screen.getByRole("button", { name: "Save, and erase it" }));

  await waitFor(() => expect(onClose).toHaveBeenCalled());
  expect(asked.at(-1)?.body).toEqual({ retention_days: 7 });
});

test("no more days are offered than the server keeps anything, and none are accepted", async () => {
  scriptedAccount({ "/api/threads/retention": limits(30) });
  const fresh = madeThread("t", { updated_at: new Date().toISOString() });
  const { person } = renderInRouter(<KeepDialog thread={fresh} onClose={vi.fn()} />);
  expect(await screen.findByText(/If nothing more is said in it, it is erased on/)).toBeVisible();

  await person.click(screen.getByRole("button", { name: /After its last message/ }));
  expect((await screen.findAllByRole("option")).map(({ textContent }) => textContent)).toEqual([
    "As this server does: 30 days",
    "1 day",
    "7 days",
    "Another number of days",
  ]);
  await person.click(screen.getByRole("option", { name: "Another number of days" }));
  await person.type(await screen.findByRole("textbox", { name: "Days" }), "31");

  expect(await screen.findByText("A whole number from 1 to 30.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Save" })).toBeDisabled();
});

test("taking a limit away asks for none", async () => {
  const asked = scriptedAccount({
    "/api/threads/retention": limits(null),
    "PATCH /api/threads/t": [{ body: OLD }],
  });
  const limited = madeThread("t", { updated_at: new Date().toISOString(), retention_days: 45 });
  const { person } = renderInRouter(<KeepDialog thread={limited} onClose={vi.fn()} />);
  expect(await screen.findByRole("textbox", { name: "Days" })).toHaveValue("45");

  await person.click(screen.getByRole("button", { name: /After its last message/ }));
  await person.click(await screen.findByRole("option", { name: "Until you delete it" }));
  await person.click(screen.getByRole("button", { name: "Save" }));

  await waitFor(() => expect(asked.at(-1)?.body).toEqual({ retention_days: null }));
});

test("a temporary conversation says what it is and when it goes, and can go at once", async () => {
  const asked = scriptedAccount({
    "/api/threads/retention": limits(null),
    "DELETE /api/threads/t": [{ body: { thread: "t", restorable_until: null } }],
  });
  const thread = madeThread("t", { temporary: true, updated_at: "2026-11-22T10:00:00Z" });
  const { person, history } = renderInRouter(<TemporaryBanner thread={thread} />, "/t/t");
  expect(await screen.findByText(/It is erased on Nov 23, 2026/)).toBeVisible();

  await person.click(screen.getByRole("button", { name: "Erase now" }));

  await waitFor(() => expect(history.location.pathname).toBe("/"));
  expect(asked.at(-1)?.path).toBe("/api/threads/t");
});

test("before its first word, only how long it lasts is known", async () => {
  scriptedAccount({ "/api/threads/retention": limits(null) });
  renderInRouter(<TemporaryBanner thread={undefined} />);

  expect(await screen.findByText(/It is erased 1 day after its last message/)).toBeVisible();
  expect(screen.queryByRole("button")).toBeNull();
});

test("what was deleted in another tab can be brought back, or is gone", async () => {
  const asked = scriptedAccount({
    "POST /api/threads/t/restore": [{ status: 404, body: { code: "unknown_thread", detail: "" } }, { body: OLD }],
  });
  const { person } = renderInRouter(<DeletedConversation threadId="t" restorableUntil="2026-11-29T10:00:00Z" />);
  expect(await screen.findByText(/until November 29, 2026/)).toBeVisible();

  await person.click(screen.getByRole("button", { name: "Bring it back" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("does not exist");
  await person.click(screen.getByRole("button", { name: "Bring it back" }));
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  expect(asked.at(-1)?.path).toBe("/api/threads/t/restore");
});

test("what is gone offers no way back", async () => {
  renderInRouter(<DeletedConversation threadId="t" restorableUntil={null} />);

  expect(await screen.findByText("It is gone for good.")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Bring it back" })).toBeNull();
});
