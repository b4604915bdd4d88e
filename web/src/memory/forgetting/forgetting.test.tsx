// Forgetting: one item with what it is from, or all that something is about; writing and taking along beside it.
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renderInRouter } from "@/render_in_router";
import { countOf, problem, scriptedAccount } from "@/wire/scripted_account";
import { MemoryScreen } from "../MemoryScreen";
import { historyOf, ID, item, memoryState, turn } from "../scripted_memory";

const ITEMS = "/api/memory/items";
const ONE = `${ITEMS}/${ID(1)}`;
const FORGET = "/api/memory/forget";
const PREVIEW = "/api/memory/forget/preview";
const SISTER = item(1, "My sister is called Odile.");
const WRITTEN = item(1, "Call me Ada.", { origin: "written", sources: [] });
const EMPTY = { body: { items: [], next: null } };

beforeEach(() => {
  URL.createObjectURL = vi.fn(() => "blob:file");
  URL.revokeObjectURL = vi.fn();
});
afterEach(() => vi.unstubAllGlobals());

function open(more: Parameters<typeof scriptedAccount>[0], address = "/memory") {
  const asked = scriptedAccount({
    "/api/memory/state": [{ body: memoryState() }],
    [`GET ${ITEMS}`]: [{ body: { items: [SISTER], next: null } }, EMPTY],
    ...more,
  });
  return { ...renderInRouter(<MemoryScreen />, address), asked };
}
const press = async (person: ReturnType<typeof open>["person"], name: string | RegExp) =>
  person.click(await screen.findByRole("button", { name }));

test("an item goes once it was said what goes with it, and that was confirmed", async () => {
  const { person, asked, history } = open(
    {
      [`GET ${ONE}`]: [{ body: historyOf(SISTER, { versions: [item(5, "x"), item(6, "y")] }) }],
      [`DELETE ${ONE}`]: [{ status: 204 }],
    },
    `/memory?item=${ID(1)}`,
  );
  await press(person, "Forget…");
  const told = within(await screen.findByRole("region", { name: "Forget it?" }));
  expect(told.getByText("Its 2 former versions go with it.")).toBeVisible();
  expect(told.getByText(/Memory also loses the message that it is from/)).toBeVisible();
  expect(told.getByRole("button", { name: "Cancel" })).toHaveFocus();
  expect(countOf(asked, ONE)).toBe(1);

  await press(person, "Forget for good");

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(await screen.findByText(/Nothing is remembered yet/)).toBeVisible();
  expect(history.location.href).toBe("/memory");
  await waitFor(() => expect(screen.getByRole("region", { name: "What is kept" })).toHaveFocus());
  expect(countOf(asked, ONE)).toBe(2); // read and forgotten, not asked for again
});

test("what was written has no message to lose; forgetting can be cancelled, and a refusal is told", async () => {
  const { person, asked } = open(
    { [`GET ${ONE}`]: [{ body: historyOf(WRITTEN) }], [`DELETE ${ONE}`]: [problem(503, "unavailable")] },
    `/memory?item=${ID(1)}`,
  );
  await press(person, "Forget…");
  expect(screen.queryByText(/Memory also loses/)).toBeNull();
  await press(person, "Cancel");
  await press(person, "Forget…");
  await press(person, "Forget for good");

  expect(await within(screen.getByRole("dialog")).findByRole("alert")).toHaveTextContent("This part is not available");
  expect(asked.filter(({ path }) => path === ONE)).toHaveLength(2);
});

test("forget about: what would go is shown ticked, what is not ticked stays, and numbers say what went", async () => {
  const preview = {
    items: [SISTER, item(2, "Odile plays the cello.")],
    turns: [turn("m1", "My sister is called Odile.")],
    is_cut: true,
  };
  const { person, asked } = open({
    [PREVIEW]: [{ body: preview }],
    [FORGET]: [{ body: { items: 3, turns: 1 } }],
  });
  await press(person, "Forget about…");
  const dialog = within(await screen.findByRole("dialog", { name: "Forget about…" }));
  expect(dialog.getByRole("button", { name: "Show what would go" })).toBeDisabled();
  await person.type(dialog.getByRole("textbox", { name: "What about?" }), "Odile{Enter}");

  expect(await dialog.findByRole("button", { name: "Forget 3 things for good" })).toBeEnabled();
  expect(asked.find(({ path }) => path === PREVIEW)?.body).toEqual({ about: "Odile" });
  expect(dialog.getByText(/more than can go at once/)).toBeVisible();
  await person.click(dialog.getByRole("checkbox", { name: /Odile plays the cello/ }));
  expect(dialog.getByRole("checkbox", { name: "Everything below" })).toBePartiallyChecked();
  expect(countOf(asked, FORGET)).toBe(0);
  await person.click(dialog.getByRole("button", { name: "Forget 2 things for good" }));

  expect(await dialog.findByText(/Forgotten for good: 3 things, 1 message\./)).toBeVisible();
  expect(asked.find(({ path }) => path === FORGET)?.body).toEqual({
    items: [ID(1)],
    turns: ["m1"],
    kept_items: [ID(2)],
    kept_turns: [],
  });
  expect(dialog.getByRole("button", { name: "Done" })).toBeVisible();
});

test("forget about: with nothing ticked nothing can go, and all comes back with one press", async () => {
  const { person } = open({ [PREVIEW]: [{ body: { items: [SISTER], turns: [turn("m1", "x")], is_cut: false } }] });
  await press(person, "Forget about…");
  await person.type(await screen.findByRole("textbox", { name: "What about?" }), "Odile{Enter}");
  const all = await screen.findByRole("checkbox", { name: "Everything below" });

  await person.click(all);
  expect(screen.getByRole("button", { name: "Forget 0 things for good" })).toBeDisabled();
  await person.click(all);

  expect(screen.getByRole("button", { name: "Forget 2 things for good" })).toBeEnabled();
});

test("forget about: other words want another look, nothing found says so, a refusal is told", async () => {
  const { person } = open({
    [PREVIEW]: [
      problem(503, "unavailable"),
      { body: { items: [SISTER], turns: [], is_cut: false } },
      { body: { items: [], turns: [], is_cut: false } },
    ],
  });
  await press(person, "Forget about…");
  const field = await screen.findByRole("textbox", { name: "What about?" });
  await person.type(field, "Odile{Enter}");
  expect(await within(screen.getByRole("dialog")).findByRole("alert")).toHaveTextContent("This part is not available");
  await person.type(field, "{Enter}");
  expect(await screen.findByRole("button", { name: "Forget 1 thing for good" })).toBeVisible();
  await person.type(field, "s");
  expect(screen.queryByRole("button", { name: /for good/ })).toBeNull();
  await person.type(field, "{Enter}");

  expect(await screen.findByText("Nothing is remembered about that.")).toBeVisible();
});

test("something is written into memory, as what it is", async () => {
  const { person, asked } = open({ [`POST ${ITEMS}`]: [{ status: 201, body: WRITTEN }] });
  await press(person, "Write something");
  await press(person, "Remember this");
  expect(await screen.findByText("Write something first.")).toBeVisible();

  await person.click(screen.getByRole("button", { name: /What is it\?/ }));
  await person.click(await screen.findByRole("option", { name: "Instruction" }));
  expect(await screen.findByText("What agents shall always do, in every conversation.")).toBeVisible();
  await person.type(screen.getByRole("textbox", { name: "Text" }), "Call me Ada.");
  await press(person, "Remember this");

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked.find(({ body }) => body)?.body).toEqual({ kind: "instruction", text: "Call me Ada." });
});

test.each([
  ["Export as JSON", "json"],
  ["Export as Markdown", "markdown"],
])("%s saves a file, or says why not", async (name, format) => {
  const { person, asked } = open({ "/api/memory/export": [problem(503, "unavailable"), { body: {} }] });
  for (const _ of [1, 2]) {
    await press(person, "Export");
    await person.click(await screen.findByRole("menuitem", { name: new RegExp(name) }));
  }

  expect((await screen.findAllByText("The export failed")).length).toBeGreaterThan(0);
  await waitFor(() => expect(URL.createObjectURL).toHaveBeenCalledTimes(1));
  expect(asked.find(({ path }) => path === "/api/memory/export")?.search).toBe(`?format=${format}&language=en`);
});
