// One item in its window: what is known of it, another text, pinning, and what happens when somebody was faster.
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderInRouter } from "@/render_in_router";
import type { ItemHistory } from "@/wire/memory";
import { problem, scriptedAccount } from "@/wire/scripted_account";
import { MemoryScreen } from "../MemoryScreen";
import { historyOf, ID, item, memoryState } from "../scripted_memory";

const ITEMS = "/api/memory/items";
const ONE = `${ITEMS}/${ID(1)}`;
const SISTER = item(1, "My sister is called Odile.");
const NEWER = item(2, "My sister is called Odette.", { origin: "written", sources: [] });

afterEach(() => vi.unstubAllGlobals());

type Replies = Parameters<typeof scriptedAccount>[0];

function open(history: ItemHistory = historyOf(SISTER), more: Replies = {}) {
  const asked = scriptedAccount({
    "/api/memory/state": [{ body: memoryState() }],
    [`GET ${ITEMS}`]: [{ body: { items: [SISTER], next: null } }],
    [`GET ${ONE}`]: [{ body: history }],
    ...more,
  });
  return { ...renderInRouter(<MemoryScreen />, `/memory?item=${ID(1)}`), asked };
}
const inWindow = async () => within(await screen.findByRole("dialog"));
const part = async (name: string) => within(await (await inWindow()).findByRole("region", { name }));

test("it opens from the list by keyboard, and closes by Escape", async () => {
  scriptedAccount({
    "/api/memory/state": [{ body: memoryState() }],
    [`GET ${ITEMS}`]: [{ body: { items: [SISTER], next: null } }],
    [`GET ${ONE}`]: [{ body: historyOf(SISTER) }],
  });
  const { person, history } = renderInRouter(<MemoryScreen />, "/memory");
  (await screen.findByRole("link", { name: "My sister is called Odile." })).focus();

  await person.keyboard("{Enter}");

  expect(await screen.findByRole("dialog", { name: "Fact" })).toBeVisible();
  expect(history.location.href).toBe(`/memory?item=${ID(1)}`);
  await person.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(history.location.href).toBe("/memory");
});

test("it says what it is from, with the way to the very message", async () => {
  open();

  const from = await part("Where it is from");

  expect(from.getByRole("listitem")).toHaveTextContent("“My sister is called Odile.”November 3, 2026");
  expect(from.getByRole("link", { name: "Show it where it was said" })).toHaveAttribute("href", "/t/t1#m1");
});

test("it says in which answers it was used, and why; many are cut short", async () => {
  const why = { words: ["sister"], dates: [], meaning: false, beside: false };
  const uses = ["a", "b", "c", "d", "e"].map((run) => ({
    run,
    thread: `t${run}`,
    message: run === "a" ? "m1" : null,
    used_at: "2026-11-05T08:00:00Z",
    why,
  }));
  const { person } = open(historyOf({ ...SISTER, uses: 5, last_used_at: "2026-11-05T08:00:00Z" }, { used_in: uses }));
  const used = await part("Used in answers");

  expect(used.getAllByRole("listitem")).toHaveLength(3);
  const links = used.getAllByRole("link", { name: "An answer on November 5, 2026" });
  expect(links.map((link) => link.getAttribute("href"))).toEqual(["/t/ta#m1", "/t/tb", "/t/tc"]);
  expect(used.getAllByText("It has “sister” of the question.")).toHaveLength(3);
  await person.click(used.getByRole("button", { name: "Show 2 more" }));
  expect(used.getAllByRole("listitem")).toHaveLength(5);
  expect((await inWindow()).getByText(/in 5 answers/)).toBeVisible();
});

test("it shows its former versions, and what it replaces and contradicts", async () => {
  const former = item(7, "My sister is called Odilie.", { state: "superseded", superseded_at: "2026-11-04T08:00:00Z" });
  const links = [
    { kind: "updates", direction: "from", item: ID(7), text: "My sister is called Odilie." }, // the version below
    { kind: "contradicts", direction: "from", item: ID(8), text: "My sister is called Anne." },
    { kind: "derived_from", direction: "to", item: ID(9), text: "The family." },
  ] as const;
  open(historyOf(SISTER, { versions: [former], links: [...links] }), {
    [`GET ${ITEMS}/${ID(8)}`]: [{ body: historyOf(item(8, "My sister is called Anne.")) }],
  });

  const versions = await part("Former versions");
  const together = await part("Belongs together");

  expect(versions.getByRole("listitem")).toHaveTextContent("Odilie.From November 3, 2026 to November 4, 2026");
  expect(together.getAllByRole("listitem")[0]).toHaveTextContent("Contradicts “My sister is called Anne.”");
  expect(together.getAllByRole("listitem")[1]).toHaveTextContent("Taken up in “The family.”");
  together.getByRole("link", { name: "“My sister is called Anne.”" }).click();
  await waitFor(async () => expect((await inWindow()).getByText("My sister is called Anne.")).toBeVisible());
});

test("what it is unsure of, guessed, dated or of one agent only it says", async () => {
  const fact = { subject: "user", predicate: "lives_in", object: "Nantes" };
  open(
    historyOf(
      item(1, "Lives in Nantes.", {
        confidence: 0.42,
        happened_at: "2026-01-02T12:00:00Z",
        fact: { ...fact, valid_from: "2020-05-01T12:00:00Z", valid_to: "2026-02-01T12:00:00Z" },
        preference: { key: "k", value: "v", scope: "anima", strength: 1, explicit: false },
      }),
    ),
    { "/api/agents": [{ body: { agents: [{ id: "anima", name: "Anima", description: {}, starters: {} }] } }] },
  );
  const window = await inWindow();

  expect(await window.findByText(/Not certain: 42% sure/)).toBeVisible();
  expect(window.getByText("It is about January 2, 2026")).toBeVisible();
  expect(window.getByText("So since May 1, 2020")).toBeVisible();
  expect(window.getByText("So until February 1, 2026")).toBeVisible();
  expect(window.getByText(/Guessed/)).toBeVisible();
  expect(await window.findByText("For Anima only")).toBeVisible();
});

test("a new text becomes a new version, which is open then", async () => {
  const { person, asked, history } = open(historyOf(SISTER), {
    [`PATCH ${ONE}`]: [{ body: NEWER }],
    [`GET ${ITEMS}/${ID(2)}`]: [{ body: historyOf(NEWER, { versions: [SISTER] }) }],
  });
  await person.click(await (await inWindow()).findByRole("button", { name: "Change" }));
  const field = screen.getByRole("textbox", { name: "New text" });
  expect(field).toHaveFocus();
  await person.clear(field);
  await person.type(field, "  My sister is called Odette. ");
  await person.keyboard("{Control>}{Enter}{/Control}");

  expect(await (await part("Former versions")).findByText("My sister is called Odile.")).toBeVisible();
  expect(history.location.href).toBe(`/memory?item=${ID(2)}`);
  expect(asked.find(({ body }) => body)?.body).toEqual({ text: "My sister is called Odette." });
});

test("Escape leaves the new text, not the window; nothing is sent for the same or for none", async () => {
  const { person, asked } = open();
  await person.click(await (await inWindow()).findByRole("button", { name: "Change" }));
  await person.keyboard("{Escape}");
  expect(await (await inWindow()).findByRole("button", { name: "Change" })).toBeVisible();

  await person.click(screen.getByRole("button", { name: "Change" }));
  await person.clear(screen.getByRole("textbox", { name: "New text" }));
  await person.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Write something, or forget it instead.")).toBeVisible();
  await person.type(screen.getByRole("textbox", { name: "New text" }), SISTER.text);
  await person.click(screen.getByRole("button", { name: "Save" }));

  expect(await screen.findByRole("button", { name: "Change" })).toBeVisible();
  expect(asked.some(({ body }) => body)).toBe(false);
});

test("too long a text is not sent", async () => {
  const { person } = open(historyOf(item(1, "x".repeat(2_001))));
  await person.click(await (await inWindow()).findByRole("button", { name: "Change" }));

  expect(await screen.findByText("At most 2,000 characters.")).toBeVisible();
});

test("when it was changed elsewhere meanwhile, the newest is shown, and what was written here stays", async () => {
  const replaced = { ...SISTER, state: "superseded" as const };
  const link = { kind: "updates", direction: "to", item: ID(2), text: NEWER.text } as const;
  const saved = item(3, "My sister is called Ondine.");
  const { person, history, asked } = open(historyOf(SISTER), {
    [`GET ${ONE}`]: [{ body: historyOf(SISTER) }, { body: historyOf(replaced, { links: [link] }) }],
    [`PATCH ${ONE}`]: [problem(409, "item_superseded")],
    [`GET ${ITEMS}/${ID(2)}`]: [{ body: historyOf(NEWER) }],
    [`PATCH ${ITEMS}/${ID(2)}`]: [{ body: saved }],
    [`GET ${ITEMS}/${ID(3)}`]: [{ body: historyOf(saved) }],
  });
  await person.click(await (await inWindow()).findByRole("button", { name: "Change" }));
  await person.clear(screen.getByRole("textbox", { name: "New text" }));
  await person.type(screen.getByRole("textbox", { name: "New text" }), saved.text);
  await person.click(screen.getByRole("button", { name: "Save" }));

  expect(await screen.findByText(/It was changed elsewhere meanwhile/)).toBeVisible();
  expect(await screen.findByText("My sister is called Odette.")).toBeVisible();
  expect(screen.getByRole("textbox", { name: "New text" })).toHaveValue("My sister is called Ondine.");
  await person.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(history.location.href).toBe(`/memory?item=${ID(3)}`));
  expect(asked.filter(({ body }) => body).map(({ path }) => path)).toEqual([ONE, `${ITEMS}/${ID(2)}`]);
});

test("one that is not so any more leads to what is so now, and cannot be changed", async () => {
  const link = { kind: "updates", direction: "to", item: ID(2), text: NEWER.text } as const;
  open(historyOf({ ...SISTER, state: "superseded" }, { links: [link] }));
  const window = await inWindow();

  expect(await window.findByRole("link", { name: "Show what is so now" })).toHaveAttribute(
    "href",
    `/memory?item=${ID(2)}`,
  );
  expect(window.queryByRole("button", { name: "Change" })).toBeNull();
  expect(window.getByRole("button", { name: "Forget…" })).toBeVisible();
});

test("one that is gone says so", async () => {
  open(historyOf(SISTER), { [`GET ${ONE}`]: [problem(404, "unknown_item")] });

  expect(await (await inWindow()).findByText("This is not remembered any more.")).toBeVisible();
});

test("it is pinned and unpinned from its window", async () => {
  const { person, asked } = open(historyOf(SISTER), {
    [`GET ${ONE}`]: [{ body: historyOf(SISTER) }, { body: historyOf({ ...SISTER, pinned: true }) }],
    [`PATCH ${ONE}`]: [{ body: { ...SISTER, pinned: true } }],
  });

  await person.click(await (await inWindow()).findByRole("button", { name: "Pin" }));

  expect(await (await inWindow()).findByText(/Pinned: agents are always shown it/)).toBeVisible();
  expect((await inWindow()).getByRole("button", { name: "Unpin" })).toHaveAttribute("aria-pressed", "true");
  expect(asked.find(({ body }) => body)?.body).toEqual({ pinned: true });
});
