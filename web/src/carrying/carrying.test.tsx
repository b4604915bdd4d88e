// Links are made, shown once and revoked; files are exported and brought; what was left out is said.
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Notices } from "@/design";
import { showLanguage, wantTexts } from "@/i18n/language";
import { renderPart } from "@/render_for_test";
import { useLogin } from "@/wire/login";
import { countOf, problem, scriptedAccount } from "@/wire/scripted_account";
import CarryingMenu from "./CarryingMenu";
import { Links, TakeAlong } from "./CarryingSettings";
import { ImportSection } from "./ImportSection";
import { SharedScreen } from "./SharedScreen";

const [SHARES, SHARE, IMPORTS, IMPORT] = [
  "/api/threads/shares",
  "/api/threads/t1/share",
  "/api/threads/imports",
  "/api/threads/import",
];
const AT = "2026-11-27T10:00:00Z";
const LINK = { id: "s1", thread: "t1", title: "Herons", author: null, messages: 2, expires_at: null };
const ONE = { ...LINK, created_at: AT, shown_at: AT };
const NONE = { body: { shares: [], offered: true } };
const DONE = {
  id: "i1",
  state: "done",
  format: "chatgpt",
  started_at: AT,
  ended_at: AT,
  conversations: 4,
  imported: 2,
  known: 1,
  expired: 0,
  refused: 1,
  left_out: { messages: 3, attachments: 0 },
  problems: [{ place: "conversations.json[3]", fault: "incomplete", reason: "Field required" }],
  failure: null,
};

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

const Carrying = () => (
  <>
    <ImportSection />
    <TakeAlong />
    <Links />
  </>
);

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

test("an import says what came of it, and everything that was left out", async () => {
  scriptedAccount({ [IMPORTS]: [{ body: { imports: [DONE] } }], [SHARES]: [NONE] });
  renderPart(<Carrying />);

  for (const line of [
    "2 conversations imported",
    "1 was here already",
    "1 could not be read",
    "3 messages of tools or of the system, or empty, were left out",
    "conversations.json[3]: Something that has to be there is missing.",
  ]) {
    expect(await screen.findByText(line)).toBeVisible();
  }
  expect(screen.getByText("You share nothing.")).toBeVisible();
});

test("a file is sent and followed until it has been taken in", async () => {
  const running = { ...DONE, state: "running", imported: 1, known: 0, refused: 0, problems: [] };
  const asked = scriptedAccount({
    [IMPORTS]: [{ body: { imports: [] } }, { body: { imports: [running] } }, { body: { imports: [DONE] } }],
    [IMPORT]: [{ status: 202, body: running }],
    [SHARES]: [NONE],
  });
  const user = renderPart(<Carrying />);

  await user.upload(screen.getByLabelText("File to import"), new File(["[]"], "conversations.json"));

  expect(await screen.findByText("1 of 4 conversations. You may leave this page.")).toBeVisible();
  expect(screen.getByRole("button", { name: "Choose a file…" })).toBeDisabled();
  expect(await screen.findByText("2 conversations imported", {}, { timeout: 4000 })).toBeVisible();
  expect(countOf(asked, IMPORT)).toBe(1);
});

test("a file that is chosen before the list of imports has come is followed too", async () => {
  scriptedAccount({
    [IMPORTS]: [{ body: { imports: [DONE] } }],
    [IMPORT]: [{ status: 202, body: DONE }],
    [SHARES]: [NONE],
  });
  const answered = globalThis.fetch;
  let answerLate = (_: Response): void => undefined;
  const late = new Promise<Response>((resolve) => {
    answerLate = resolve;
  });
  let isFirst = true;
  vi.stubGlobal("fetch", (input: Request, init?: RequestInit) => {
    const isList = typeof input !== "string" && new URL(input.url).pathname === IMPORTS;
    if (!isList || !isFirst) return answered(input, init);
    isFirst = false;
    return late;
  });
  const user = renderPart(<Carrying />);

  await user.upload(screen.getByLabelText("File to import"), new File(["[]"], "conversations.json"));
  await waitFor(() => expect(screen.getByRole("button", { name: "Choose a file…" })).toBeEnabled());
  answerLate(new Response(JSON.stringify({ imports: [] })));

  expect(await screen.findByText("2 conversations imported")).toBeVisible();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(screen.getByText("2 conversations imported")).toBeVisible();
});

test("a file that is none is refused with the reason", async () => {
  const refused = {
    status: 422,
    body: { code: "import_unreadable", detail: "", fault: "damaged", reason: "this archive is bad" },
  };
  scriptedAccount({ [IMPORTS]: [{ body: { imports: [] } }], [IMPORT]: [refused], [SHARES]: [NONE] });
  const user = renderPart(<Carrying />);

  await user.upload(screen.getByLabelText("File to import"), new File(["x"], "notes.json"));

  expect(await screen.findByText(/This file cannot be imported/)).toBeVisible();
  expect(screen.getByText(/^It is damaged, or was cut off/)).toBeVisible();
});

test("why something was not imported is said in the reader's language, or else in the server's words", async () => {
  const found = {
    ...DONE,
    problems: [
      { place: "a.json", fault: "empty", reason: "nothing" },
      { place: "b.json", fault: "from_tomorrow", reason: "The server's own words." },
      { place: "c.json", fault: null, reason: "Noted long ago." },
    ],
  };
  scriptedAccount({ [IMPORTS]: [{ body: { imports: [found] } }], [SHARES]: [NONE] });
  await showLanguage("fr");
  renderPart(<Carrying />);

  expect(await screen.findByText("a.json: Personne n’y a rien dit.")).toBeVisible();
  expect(screen.getByText("b.json: The server's own words.")).toBeVisible();
  expect(screen.getByText("c.json: Noted long ago.")).toBeVisible();
  await showLanguage("en");
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
