// A file of conversations is sent, followed, and what of it was not taken in is said.
import { screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { showLanguage, wantTexts } from "@/i18n/language";
import { renderPart } from "@/render_for_test";
import { countOf, scriptedAccount } from "@/wire/scripted_account";
import { ImportSection } from "./ImportSection";

const [IMPORTS, IMPORT] = ["/api/threads/imports", "/api/threads/import"];
const AT = "2026-11-27T10:00:00Z";
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

beforeEach(() => wantTexts("entry", "later"));
afterEach(() => void vi.unstubAllGlobals());

test("an import says what came of it, and everything that was left out", async () => {
  scriptedAccount({ [IMPORTS]: [{ body: { imports: [DONE] } }] });
  renderPart(<ImportSection />);

  for (const line of [
    "2 conversations imported",
    "1 was here already",
    "1 could not be read",
    "3 messages of tools or of the system, or empty, were left out",
    "conversations.json[3]: Something that has to be there is missing.",
  ]) {
    expect(await screen.findByText(line)).toBeVisible();
  }
});

test("a file is sent and followed until it has been taken in", async () => {
  const running = { ...DONE, state: "running", imported: 1, known: 0, refused: 0, problems: [] };
  const asked = scriptedAccount({
    [IMPORTS]: [{ body: { imports: [] } }, { body: { imports: [running] } }, { body: { imports: [DONE] } }],
    [IMPORT]: [{ status: 202, body: running }],
  });
  const user = renderPart(<ImportSection />);

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
  const user = renderPart(<ImportSection />);

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
  scriptedAccount({ [IMPORTS]: [{ body: { imports: [] } }], [IMPORT]: [refused] });
  const user = renderPart(<ImportSection />);

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
  scriptedAccount({ [IMPORTS]: [{ body: { imports: [found] } }] });
  await showLanguage("fr");
  renderPart(<ImportSection />);

  expect(await screen.findByText("a.json: Personne n’y a rien dit.")).toBeVisible();
  expect(screen.getByText("b.json: The server's own words.")).toBeVisible();
  expect(screen.getByText("c.json: Noted long ago.")).toBeVisible();
  await showLanguage("en");
});
