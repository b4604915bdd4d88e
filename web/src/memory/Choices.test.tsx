// How much is remembered, how it is found, and the two switches.
import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderInRouter } from "@/render_in_router";
import { problem, scriptedAccount } from "@/wire/scripted_account";
import { MemoryScreen } from "./MemoryScreen";
import { memoryState } from "./scripted_memory";

const STATE = { "/api/memory/state": [{ body: memoryState() }] };
const NOTHING = { "/api/memory/items": [{ body: { items: [], next: null } }] };

afterEach(() => vi.unstubAllGlobals());

test("how much is kept, how it is found, and what still waits", async () => {
  const state = memoryState({ pending_vectors: 7, turns: 1 });
  scriptedAccount({ ...NOTHING, "/api/memory/state": [{ body: state }] });
  renderInRouter(<MemoryScreen />, "/memory");

  const part = await screen.findByRole("region", { name: "What is remembered" });

  expect(part).toHaveTextContent("3 things are remembered · 1 message can be found · found by words and by meaning");
  expect(part).toHaveTextContent("7 still wait to be found by meaning");
});

test("without a model it says that words alone are searched, and nothing waits", async () => {
  const state = memoryState({ pending_vectors: 7, finds_by_meaning: false });
  scriptedAccount({ ...NOTHING, "/api/memory/state": [{ body: state }] });
  renderInRouter(<MemoryScreen />, "/memory");

  expect(await screen.findByText(/found by their words alone/)).toBeVisible();
  expect(screen.queryByText(/still wait/)).toBeNull();
});

test("remembering is switched off and says what that means", async () => {
  const off = { remembers: false, hints: true };
  const asked = scriptedAccount({
    ...STATE,
    ...NOTHING,
    "/api/memory/choices": [{ body: memoryState({ choices: off }) }],
  });
  const { person } = renderInRouter(<MemoryScreen />, "/memory");

  await person.click(await screen.findByRole("switch", { name: /^Remember/ }));

  expect(await screen.findByText(/Off: nothing new is kept/)).toBeVisible();
  expect(asked.find(({ path }) => path === "/api/memory/choices")?.body).toEqual(off);
  expect(screen.getByRole("switch", { name: /bring something up/ })).toBeDisabled();
});

test("a choice that was refused stays as it was and says why", async () => {
  scriptedAccount({ ...STATE, ...NOTHING, "/api/memory/choices": [problem(503, "unavailable")] });
  const { person } = renderInRouter(<MemoryScreen />, "/memory");

  await person.click(await screen.findByRole("switch", { name: /bring something up/ }));

  expect(await screen.findByRole("alert")).toHaveTextContent("This part is not available right now.");
  expect(screen.getByRole("switch", { name: /bring something up/ })).toBeChecked();
});

test("of two presses on a slow network the last one counts", async () => {
  const off = memoryState({ choices: { remembers: false, hints: true } });
  const asked = scriptedAccount({
    ...STATE,
    ...NOTHING,
    "/api/memory/choices": [{ body: off }, { body: memoryState() }],
  });
  const { person } = renderInRouter(<MemoryScreen />, "/memory");
  const remember = await screen.findByRole("switch", { name: /^Remember/ });
  const answer = globalThis.fetch;
  let arrive = () => {};
  const network = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  vi.stubGlobal("fetch", (...sent: Parameters<typeof fetch>) => network.then(() => answer(...sent)));

  await person.click(remember);
  await person.click(remember); // before there is an answer to the first
  arrive();

  const choices = () => asked.filter(({ path }) => path === "/api/memory/choices").map(({ body }) => body);
  await waitFor(() => expect(choices()).toEqual([off.choices, memoryState().choices]));
  await waitFor(() => expect(remember).toBeChecked());
});
