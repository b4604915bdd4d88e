// Links are made, shown once and revoked; conversations leave as files.
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Notices } from "@/design";
import { wantTexts } from "@/i18n/language";
import { renderPart } from "@/render_for_test";
import { useLogin } from "@/wire/login";
import { problem, scriptedAccount } from "@/wire/scripted_account";
import CarryingMenu from "./CarryingMenu";
import { Links } from "./CarryingSettings";
import { SharedScreen } from "./SharedScreen";

const [SHARES, SHARE] = ["/api/threads/shares", "/api/threads/t1/share"];
const AT = "2026-11-27T10:00:00Z";
const LINK = { id: "s1", thread: "t1", title: "Herons", author: null, messages: 2, expires_at: null };
const ONE = { ...LINK, created_at: AT, shown_at: AT };
const NONE = { body: { shares: [], offered: true } };

beforeEach(async () => {
  await wantTexts("entry", "later");
  URL.createObjectURL = vi.fn(() => "blob:file");
  URL.revokeObjectURL = vi.fn();
});
afterEach(() => {
  vi.unstubAllGlobals();
  location.hash = "";
});

async function openDialog(replies: Parameters<typeof scriptedAccount>[0]) {
  const asked = scriptedAccount(replies);
  const user = renderPart(<CarryingMenu threadId="t1" canShare />);
  await user.click(screen.getByRole("button", { name: "Share and export" }));
  await user.click(await screen.findByRole("menuitem", { name: /Share by link/ }));
  return { asked, user, dialog: within(await screen.findByRole("dialog", { name: "Share by link" })) };
}

test("a link is made without a name, shown once, and revoked", async () => {
  const { asked, user, dialog } = await openDialog({
    [SHARES]: [NONE, { body: { shares: [ONE], offered: true } }, NONE],
    [SHARE]: [{ status: 201, body: { share: ONE, token: "secret-token" } }],
    [`${SHARES}/s1`]: [{ status: 204 }],
  });

  await user.click(await dialog.findByRole("button", { name: "Make a link" }));

  const field = await dialog.findByRole("textbox", { name: "Your link" });
  expect(field).toHaveValue(`${location.origin}/s#secret-token`);
  expect(asked.find(({ path }) => path === SHARE)?.body).toEqual({ author: null, days: null });
  await user.click(dialog.getByRole("button", { name: "Revoke" }));
  await waitFor(() => expect(dialog.queryByRole("textbox", { name: "Your link" })).toBeNull());
  expect(dialog.queryByRole("list", { name: "Links" })).toBeNull();
});

test("whoever shares nothing is told so", async () => {
  scriptedAccount({ [SHARES]: [NONE] });
  renderPart(<Links />);

  expect(await screen.findByText("You share nothing.")).toBeVisible();
});

test("where sharing is off the window says so and makes none", async () => {
  const { dialog } = await openDialog({ [SHARES]: [{ body: { shares: [], offered: false } }] });

  expect(await dialog.findByText("This server does not let conversations be shared by link.")).toBeVisible();
  expect(dialog.queryByRole("button", { name: "Make a link" })).toBeNull();
});

test("an export that is refused says why, and what takes any length", async () => {
  scriptedAccount({ "/api/threads/t1/export": [problem(413, "pdf_too_long")] });
  const user = renderPart(
    <>
      <CarryingMenu threadId="t1" canShare />
      <Notices closeLabel="Close" />
    </>,
  );

  await user.click(screen.getByRole("button", { name: "Share and export" }));
  await user.click(await screen.findByRole("menuitem", { name: /Export as PDF/ }));

  expect(
    await screen.findByText(/This conversation is too long for a PDF. Export it as Markdown or JSON/),
  ).toBeVisible();
  expect(URL.createObjectURL).not.toHaveBeenCalled();
});

test("a temporary conversation is exported, and no link is offered for it", async () => {
  const headers = { "content-disposition": 'attachment; filename="a.pdf"' };
  scriptedAccount({ "/api/threads/t1/export": [{ body: {}, headers }] });
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
  const user = renderPart(
    <>
      <CarryingMenu threadId="t1" canShare={false} />
      <Notices closeLabel="Close" />
    </>,
  );

  await user.click(screen.getByRole("button", { name: "Export" }));

  expect(screen.queryByRole("menuitem", { name: /Share/ })).toBeNull();
  await user.click(await screen.findByRole("menuitem", { name: /Export as PDF/ }));
  await waitFor(() => expect(URL.createObjectURL).toHaveBeenCalled());
  await waitFor(() => expect(screen.queryByText("The PDF is being made…")).toBeNull());
});

test("a stranger reads what the link shows, page by page, and no token is in an address", async () => {
  const said = (role: string, text: string) => ({ role, agent: role === "agent" ? "ChatGPT" : null, text });
  const page = (next: number | null, ...messages: ReturnType<typeof said>[]) => ({
    body: {
      title: "Herons",
      author: "Ada",
      shown_at: AT,
      expires_at: null,
      next,
      messages: messages.map(({ text, ...rest }) => ({
        ...rest,
        status: "complete",
        created_at: AT,
        parts: [{ kind: "text", text }],
      })),
    },
  });
  const asked = scriptedAccount({
    "/api/shared": [
      page(2, said("user", "<b>Where?</b>"), said("agent", "In the **estuary**.")),
      page(null, said("user", "Thanks")),
    ],
  });
  useLogin.setState({ status: "signed-out", me: undefined });
  location.hash = "#secret-token";
  const user = renderPart(<SharedScreen />);

  expect(await screen.findByRole("heading", { name: "Herons" })).toBeVisible();
  expect(screen.getByRole("article", { name: "Question" })).toHaveTextContent("<b>Where?</b>");
  expect(screen.getByText("estuary")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Show more of the conversation" }));
  expect(await screen.findByText("Thanks")).toBeVisible();
  expect(asked.map(({ body }) => body)).toEqual([
    { token: "secret-token", after: 0 },
    { token: "secret-token", after: 2 },
  ]);
  expect(asked.some(({ path, search }) => `${path}${search}`.includes("secret"))).toBe(false);
  expect(document.querySelector('meta[name="robots"]')).toHaveAttribute("content", "noindex, nofollow, noarchive");
});

test("a link that leads nowhere says so", async () => {
  scriptedAccount({ "/api/shared": [problem(404, "unknown_share")] });
  location.hash = "#gone";
  renderPart(<SharedScreen />);

  expect(await screen.findByRole("heading", { name: "There is nothing to read here" })).toBeVisible();
  expect(screen.getByText(/This link leads nowhere/)).toBeVisible();
});
