// The memory page: what it says of each item, its shelves, search, and what it says when something is away.
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderInRouter } from "@/render_in_router";
import type { Impersonation } from "@/wire";
import { beginLook, leaveLook } from "@/wire/impersonation";
import { type Asked, countOf, GRANT, problem, scriptedAccount } from "@/wire/scripted_account";
import { MemoryScreen } from "./MemoryScreen";
import { ID, item, memoryState, turn } from "./scripted_memory";

const ITEMS = "/api/memory/items";
const SEARCH = "/api/memory/search";
const STATE = { "/api/memory/state": [{ body: memoryState() }] };
const NOTHING = { [ITEMS]: [{ body: { items: [], next: null } }] };
const SISTER = item(1, "My sister is called Odile.");
const BOAT = item(2, "Keep it short.", { kind: "instruction", origin: "written", sources: [], pinned: true });

afterEach(() => {
  vi.unstubAllGlobals();
  leaveLook();
});

const searches = (asked: Asked[], path: string) =>
  asked.filter((each) => each.path === path).map(({ search }) => search);

test("each item says what it is, where it is from and when it was used", async () => {
  const guessed = item(3, "Likes tea.", {
    kind: "preference",
    confidence: 0.4,
    last_used_at: new Date(Date.now() - 3 * 86_400_000).toISOString(),
  });
  scriptedAccount({ ...STATE, [ITEMS]: [{ body: { items: [BOAT, SISTER, guessed], next: null } }] });
  renderInRouter(<MemoryScreen />, "/memory");

  const [boat, sister, tea] = await screen.findAllByRole("listitem");

  expect(boat).toHaveTextContent(/Keep it short\.Instruction.*You wrote this on November 3, 2026/);
  expect(within(boat as HTMLElement).getByRole("button", { name: "Unpin" })).toHaveAttribute("aria-pressed", "true");
  expect(sister).toHaveTextContent(/Fact.*You said this on November 3, 2026·Not used yet/);
  expect(sister).not.toHaveTextContent("Not certain");
  expect(tea).toHaveTextContent(/Not certain.*Last used 3 days ago/);
});

test.each([
  [{ origin: "agent" }, /An agent said this/],
  [{ origin: "document" }, /From a document/],
  [{ origin: "web" }, /From a web page/],
  [{ origin: "tool" }, /From a tool/],
  [{ kind: "summary" }, /Summed up on/],
  [{ sources: [...SISTER.sources, ...SISTER.sources] }, /You said this 2 times, last on November 3/],
] as const)("the origin of %o is said in words", async (more, said) => {
  scriptedAccount({ ...STATE, [ITEMS]: [{ body: { items: [item(1, "x", more as object)], next: null } }] });
  renderInRouter(<MemoryScreen />, "/memory");

  expect(await screen.findByRole("listitem")).toHaveTextContent(said);
});

test("a shelf is chosen by keyboard, stands in the address, and says what would be there", async () => {
  const asked = scriptedAccount({ ...STATE, ...NOTHING });
  const { person, history } = renderInRouter(<MemoryScreen />, "/memory");
  expect(await screen.findByText(/Nothing is remembered yet/)).toBeVisible();
  expect(await screen.findByRole("radio", { name: "Facts 2" })).toBeVisible();

  screen.getByRole("radio", { name: "Everything" }).focus();
  await person.keyboard("{ArrowRight}");

  expect(await screen.findByText(/No facts yet/)).toBeVisible();
  expect(history.location.href).toBe("/memory?show=fact");
  expect(searches(asked, ITEMS)).toEqual(["?limit=30", "?kind=fact&limit=30"]);
  await person.click(screen.getByRole("radio", { name: "Set aside" }));
  expect(await screen.findByText(/Nothing is set aside/)).toBeVisible();
  expect(searches(asked, ITEMS).at(-1)).toBe("?state=archived&limit=30");
});

test("what was said is a shelf too, each leading to its message", async () => {
  scriptedAccount({
    ...STATE,
    "/api/agents": [{ body: { agents: [{ id: "anima", name: "Anima", description: {}, starters: {} }] } }],
    "/api/memory/turns": [
      { body: { turns: [turn("m2", "Fine.", { role: "agent", speaker: "anima" }), turn("m1", "Hi.")], next: null } },
    ],
  });
  renderInRouter(<MemoryScreen />, "/memory?show=said");

  const [hers, mine] = await screen.findAllByRole("listitem");

  await waitFor(() => expect(hers).toHaveTextContent(/November 3, 2026, Anima\s*Fine\./));
  expect(mine).toHaveTextContent(/You\s*Hi\./);
  const link = within(mine as HTMLElement).getByRole("link", { name: "Show it where it was said" });
  expect(link).toHaveAttribute("href", "/t/thread%20of%20m1#m1");
  expect(within(mine as HTMLElement).getByRole("button", { name: "Forget" })).toBeVisible();
});

test("more is asked for by its cursor", async () => {
  const asked = scriptedAccount({
    ...STATE,
    [ITEMS]: [{ body: { items: [SISTER], next: "c1" } }, { body: { items: [BOAT], next: null } }],
  });
  const { person } = renderInRouter(<MemoryScreen />, "/memory");

  await person.click(await screen.findByRole("button", { name: "Show more" }));

  expect(await screen.findByText("Keep it short.")).toBeVisible();
  expect(screen.getByText("My sister is called Odile.")).toBeVisible();
  expect(searches(asked, ITEMS)).toEqual(["?limit=30", "?limit=30&after=c1"]);
  expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
});

test("search asks once for a word, shows items and what was said and since, and is cleared by Escape", async () => {
  const since = [{ how: "edited", at: "2026-11-04T09:30:00Z", text: "She sings." }];
  const found = { items: [SISTER], turns: [{ ...turn("m9", "Odile plays the cello."), since }], similar: [] };
  const asked = scriptedAccount({ ...STATE, ...NOTHING, [SEARCH]: [{ body: found }] });
  const { person } = renderInRouter(<MemoryScreen />, "/memory");
  const field = await screen.findByRole("searchbox", { name: "Search what is remembered" });

  await person.type(field, "odile");

  expect(await screen.findByText("Odile plays the cello.")).toBeVisible();
  expect(screen.getByText("Put later as “She sings.”")).toBeVisible();
  expect(screen.getByText("My sister is called Odile.")).toBeVisible();
  expect(screen.getByText("Found: 2")).toBeInTheDocument();
  expect(searches(asked, SEARCH)).toEqual(["?q=odile&limit=50"]);
  await person.keyboard("{Escape}");
  expect(field).toHaveValue("");
  expect(await screen.findByText(/Nothing is remembered yet/)).toBeVisible();
});

test("what is only like the words stands under its own name, and that nothing holds them is said", async () => {
  const found = { items: [SISTER], turns: [turn("m9", "A parrot sat there.")], similar: [SISTER.id, "m9"] };
  scriptedAccount({ ...STATE, ...NOTHING, [SEARCH]: [{ body: found }] });
  const { person } = renderInRouter(<MemoryScreen />, "/memory");

  await person.type(await screen.findByRole("searchbox"), "zeppelin");

  expect(await screen.findByText("Nothing found for “zeppelin”.")).toBeVisible();
  const alike = screen.getByRole("list", { name: "Similar in meaning, without these words" });
  expect(within(alike).getByText("My sister is called Odile.")).toBeVisible();
  expect(within(alike).getByText("A parrot sat there.")).toBeVisible();
  expect(screen.queryByRole("list", { name: "What was said" })).toBeNull();
});

test("a search keeps to the shelf that is chosen: a kind, what was said, or what was set aside", async () => {
  const aside = item(4, "Odile paints.", { state: "archived" });
  const found = { items: [SISTER, aside], turns: [turn("m9", "Odile plays the cello.")], similar: [] };
  const asked = scriptedAccount({
    ...STATE,
    ...NOTHING,
    "/api/memory/turns": [{ body: { turns: [], next: null } }],
    [SEARCH]: [{ body: found }],
  });
  const { person } = renderInRouter(<MemoryScreen />, "/memory");
  await person.type(await screen.findByRole("searchbox"), "odile");
  await screen.findByText("Odile plays the cello.");

  await person.click(screen.getByRole("radio", { name: /^Facts/ }));
  await waitFor(() => expect(searches(asked, SEARCH)).toEqual(["?q=odile&limit=50", "?q=odile&kind=fact&limit=50"]));
  await person.click(screen.getByRole("radio", { name: /^Set aside/ }));
  await waitFor(() => expect(screen.queryByText("Odile plays the cello.")).toBeNull());
  expect(screen.getByText("Odile paints.")).toBeVisible();
  expect(screen.queryByText("My sister is called Odile.")).toBeNull();
  await person.click(screen.getByRole("radio", { name: /said/ }));
  expect(await screen.findByText("Odile plays the cello.")).toBeVisible();
  await waitFor(() => expect(screen.queryByText("Odile paints.")).toBeNull());
});

test("a search without a find says so, and one that failed can be asked again", async () => {
  scriptedAccount({
    ...STATE,
    ...NOTHING,
    [SEARCH]: [problem(429, "too_many_reads"), { body: { items: [], turns: [], similar: [] } }],
  });
  const { person } = renderInRouter(<MemoryScreen />, "/memory");
  await person.type(await screen.findByRole("searchbox"), "heron");
  await person.click(await screen.findByRole("button", { name: "Try again" }));

  expect(await screen.findByText("Nothing found for “heron”.")).toBeVisible();
});

test("while memory is away one sentence says so and can ask again; so does a list that fails alone", async () => {
  const asked = scriptedAccount({
    "/api/memory/state": [problem(403, "forbidden"), { body: memoryState() }],
    [ITEMS]: [problem(503, "unavailable"), problem(503, "unavailable"), { body: { items: [SISTER], next: null } }],
  });
  const { person } = renderInRouter(<MemoryScreen />, "/memory");

  expect(await screen.findByText(/You are not allowed/)).toBeVisible();
  expect(screen.getAllByRole("button", { name: "Try again" })).toHaveLength(1);
  await person.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText(/This part is not available right now/)).toBeVisible();
  await person.click(screen.getByRole("button", { name: "Try again" }));

  expect(await screen.findByText("My sister is called Odile.")).toBeVisible();
  expect(await screen.findByRole("switch", { name: /^Remember/ })).toBeChecked();
  expect(countOf(asked, ITEMS)).toBe(3);
});

test("without a network it says so, and asks again by itself once there is one", async () => {
  scriptedAccount({});
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  renderInRouter(<MemoryScreen />, "/memory");
  window.dispatchEvent(new Event("offline"));
  expect(await screen.findByText(/The server cannot be reached/)).toBeVisible();

  scriptedAccount({ ...STATE, [ITEMS]: [{ body: { items: [SISTER], next: null } }] });
  window.dispatchEvent(new Event("online"));

  expect(await screen.findByText("My sister is called Odile.")).toBeVisible();
});

test("an item is pinned from the list; a refusal is told and nothing changes", async () => {
  const asked = scriptedAccount({
    ...STATE,
    [`GET ${ITEMS}`]: [
      { body: { items: [SISTER], next: null } },
      { body: { items: [{ ...SISTER, pinned: true }], next: null } },
    ],
    [`PATCH ${ITEMS}/${ID(1)}`]: [problem(404, "unknown_item"), { body: { ...SISTER, pinned: true } }],
  });
  const { person } = renderInRouter(<MemoryScreen />, "/memory");
  const pin = await screen.findByRole("button", { name: "Pin: agents are always shown it" });

  await person.click(pin);
  expect(await screen.findByText("This is not remembered any more.")).toBeVisible();
  await person.click(pin);

  expect(await screen.findByRole("button", { name: "Unpin" })).toBeVisible();
  expect(asked.findLast(({ body }) => body)?.body).toEqual({ pinned: true });
});

test("what others said is never always shown, so pinning it keeps it on top and no more", async () => {
  const page = item(1, "The offer ends on Friday.", { origin: "web" });
  scriptedAccount({ ...STATE, [ITEMS]: [{ body: { items: [page], next: null } }] });
  renderInRouter(<MemoryScreen />, "/memory");

  expect(await screen.findByRole("button", { name: "Pin: it stays on top" })).toBeVisible();
});

test("whoever views somebody else’s account is shown none of it", async () => {
  const asked = scriptedAccount({});
  beginLook({ ...GRANT, user_id: "u2", ends_in: 600 } as Impersonation);
  renderInRouter(<MemoryScreen />, "/memory");

  expect(await screen.findByText(/You are viewing somebody else’s account/)).toBeVisible();
  expect(asked.filter(({ path }) => path.startsWith("/api/memory"))).toEqual([]);
});
