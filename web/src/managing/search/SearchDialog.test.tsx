// Search as one types: one question for a word, none that is stale, by arrow keys to the very message.
import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renderInRouter } from "@/render_in_router";
import type { SearchHit } from "@/wire";
import { useLogin } from "@/wire/login";
import { madeThread } from "@/wire/made_threads";
import { GRANT } from "@/wire/scripted_account";
import SearchDialog from "./SearchDialog";

type Question = {
  q: string;
  before: string | null;
  signal: AbortSignal;
  answer: (body: object, status?: number) => void;
};

const hit = (message: string | null, text: string, title = "Estuary"): SearchHit => ({
  thread: madeThread(`t-${title}`, { title }),
  message,
  role: message === null ? null : "agent",
  said_at: "2026-11-22T10:00:00Z",
  excerpt: [
    { text: "… the ", hit: false },
    { text, hit: true },
    { text: " & <b>reeds</b>", hit: false },
  ],
});

let questions: Question[];

beforeEach(() => {
  questions = [];
  const reply = (body: object, status = 200) => new Response(JSON.stringify(body), { status });
  vi.stubGlobal("fetch", (input: Request | string, init?: RequestInit) => {
    const { pathname, searchParams } = new URL(typeof input === "string" ? input : input.url, location.origin);
    if (pathname === "/api/auth/refresh") return Promise.resolve(reply(GRANT));
    if (pathname !== "/api/threads/search") return Promise.resolve(reply({ agents: [] }));
    return new Promise<Response>((resolve, reject) => {
      const signal = init?.signal ?? new AbortController().signal;
      signal.addEventListener("abort", () => reject(signal.reason));
      const answer = (body: object, status?: number) => resolve(reply(body, status));
      questions.push({ q: searchParams.get("q") ?? "", before: searchParams.get("before"), signal, answer });
    });
  });
  Element.prototype.scrollIntoView = vi.fn();
  useLogin.setState({ status: "signed-in", me: GRANT });
});
afterEach(() => vi.unstubAllGlobals());

async function open() {
  const onClose = vi.fn();
  const { person, history } = renderInRouter(<SearchDialog onClose={onClose} />);
  const field = await screen.findByRole("combobox", { name: "Search your conversations" });
  return { person, history, field, onClose };
}

const asked = async (count: number): Promise<Question> => {
  await waitFor(() => expect(questions).toHaveLength(count));
  return questions[count - 1] as Question;
};

test("a word is asked for once, when it is typed, and shown as plain text with marks", async () => {
  const { person, field } = await open();
  expect(field).toHaveFocus();

  await person.type(field, "herons");
  (await asked(1)).answer({ hits: [hit("m1", "herons")], next: null });

  const option = await screen.findByRole("option");
  expect(questions.map(({ q }) => q)).toEqual(["herons"]);
  expect(option.querySelector("mark")).toHaveTextContent("herons");
  expect(option).toHaveTextContent("<b>reeds</b>");
  expect(option.querySelector("b")).toBeNull();
});

test("what is no longer looked for is no longer waited for, however late it is answered", async () => {
  const { person, field } = await open();
  await person.type(field, "her");
  const stale = await asked(1);
  await person.type(field, "ons");
  const wanted = await asked(2);
  expect(stale.signal.aborted).toBe(true);
  expect(wanted.signal.aborted).toBe(false);

  wanted.answer({ hits: [hit("m2", "herons")], next: null });
  stale.answer({ hits: [hit("m1", "hers")], next: null });

  expect(await screen.findByText("herons")).toBeVisible();
  expect(screen.queryByText("hers")).toBeNull();
});

test("arrow keys choose, round the ends, and Enter opens the conversation at the message", async () => {
  const { person, field, history, onClose } = await open();
  await person.type(field, "reeds");
  (await asked(1)).answer({ hits: [hit(null, "reeds", "Title"), hit("m1", "reeds"), hit("m2", "reeds")], next: null });
  await screen.findAllByRole("option");
  const chosen = () => document.getElementById(field.getAttribute("aria-activedescendant") ?? "");
  expect(chosen()).toHaveAttribute("aria-selected", "true");

  await person.keyboard("{ArrowUp}{ArrowUp}");
  expect(chosen()).toBe(screen.getAllByRole("option")[1]);
  await person.keyboard("{Enter}");

  expect(onClose).toHaveBeenCalled();
  await waitFor(() => expect(history.location.href).toBe("/t/t-Estuary#m1"));
});

test("a title leads to the conversation itself", async () => {
  const { person, field, history } = await open();
  await person.type(field, "title");
  (await asked(1)).answer({ hits: [hit(null, "title", "Title")], next: null });

  await person.click(await screen.findByRole("option"));

  await waitFor(() => expect(history.location.href).toBe("/t/t-Title"));
});

test("Enter of an input method, or before anything is found, opens nothing", async () => {
  const { person, field, onClose } = await open();
  await person.type(field, "reeds{Enter}");
  (await asked(1)).answer({ hits: [hit("m1", "reeds")], next: null });
  await screen.findByRole("option");
  fireEvent.keyDown(field, { key: "Enter", isComposing: true });

  expect(onClose).not.toHaveBeenCalled();
});

test("more is read where the list was cut", async () => {
  const { person, field } = await open();
  await person.type(field, "reeds");
  (await asked(1)).answer({ hits: [hit("m1", "reeds")], next: "after-m1" });

  await person.click(await screen.findByRole("button", { name: "Show more" }));
  const more = await asked(2);
  expect(more.before).toBe("after-m1");
  more.answer({ hits: [hit("m2", "reeds")], next: null });

  await waitFor(() => expect(screen.getAllByRole("option")).toHaveLength(2));
  expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
});

test("nothing found is said, and so is a failure, with a way to ask again", async () => {
  const { person, field } = await open();
  await person.type(field, "zebra");
  (await asked(1)).answer({ hits: [], next: null });
  expect(await screen.findByText("Nothing found for “zebra”.")).toBeVisible();

  await person.type(field, "s");
  (await asked(2)).answer({ code: "too_many_commands", detail: "" }, 429);
  expect(await screen.findByText("Too much at once. Wait a moment.")).toBeVisible();
  await person.click(screen.getByRole("button", { name: "Try again" }));
  (await asked(3)).answer({ hits: [hit("m1", "zebras")], next: null });

  expect(await screen.findByText("zebras")).toBeVisible();
});

test("a phrase is one in whatever quotation marks it is written", async () => {
  const { field } = await open();
  fireEvent.change(field, { target: { value: "« le bac » “the ferry”" } });

  expect((await asked(1)).q).toBe('" le bac " "the ferry"');
});

test("without words nothing is asked", async () => {
  const { person, field } = await open();
  await person.type(field, "   ");
  await act(() => new Promise((resolve) => setTimeout(resolve, 300)));

  expect(questions).toEqual([]);
  expect(screen.getByText(/In any form of the words/)).toBeVisible();
});
