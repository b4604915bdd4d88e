// Under an answer stands what was remembered for it; it opens, leads to its source, and can be forgotten.
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Remembered } from "@/conversation/messages/Remembered";
import { renderInRouter } from "@/render_in_router";
import type { Impersonation, KnownItem, RecalledItem, ShownRun } from "@/wire";
import { beginLook, leaveLook } from "@/wire/impersonation";
import { forgetEverything } from "@/wire/live/store";
import { queries } from "@/wire/questions";
import { countOf, GRANT, problem, scriptedAccount } from "@/wire/scripted_account";

const WHY = { words: [], dates: [], meaning: false, beside: false };
const item = (message: string, why: Partial<RecalledItem["why"]> = {}, more: Partial<RecalledItem> = {}) => ({
  message,
  thread: `thread of ${message}`,
  role: "user" as const,
  speaker: "",
  said_at: "2026-11-03T09:30:00Z",
  why: { ...WHY, ...why },
  outdated: null,
  ...more,
});
const turn = ({ why: _, ...said }: RecalledItem, text: string, since: object[] = []) => ({ ...said, text, since });
const runWith = (recalled: RecalledItem[]) => ({ recalled }) as ShownRun;

const TURNS = "/api/memory/turns";
const AGENTS = { agents: [{ id: "anima", name: "Anima", description: { en: "", fr: "" }, starters: {} }] };
const SISTER = item("m1", { words: ["sister", "called"] });
const CELLO = item("m2", { meaning: true }, { role: "agent", speaker: "anima" });

beforeEach(() => queries.clear());
afterEach(() => {
  vi.unstubAllGlobals();
  leaveLook();
  forgetEverything();
});

const opener = (name: RegExp) => screen.findByRole("button", { name });

test("nothing stands where nothing was remembered, nor where an older server says nothing of it", () => {
  const { history } = renderInRouter(
    <>
      <Remembered run={undefined} />
      <Remembered run={runWith([])} />
      <Remembered run={{} as ShownRun} />
    </>,
  );

  expect(history.location.pathname).toBe("/");
  expect(screen.queryByRole("button")).toBeNull();
});

test("the line opens by keyboard, and only then are the words asked for", async () => {
  const turns = [turn(SISTER, "My sister is called Odile."), turn(CELLO, "She plays the cello.")];
  const asked = scriptedAccount({ "/api/agents": [{ body: AGENTS }], [TURNS]: [{ body: { turns } }] });
  const { person } = renderInRouter(<Remembered run={runWith([SISTER, CELLO])} />);
  const line = await opener(/^Remembered 2 things you talked about$/);
  expect(line).toHaveAttribute("aria-expanded", "false");
  expect(countOf(asked, TURNS)).toBe(0);

  line.focus();
  await person.keyboard("{Enter}");

  const [mine, hers] = await screen.findAllByRole("listitem");
  expect(asked.find(({ path }) => path === TURNS)?.search).toBe("?id=m1&id=m2");
  expect(line).toHaveAttribute("aria-expanded", "true");
  expect(mine).toHaveTextContent(/November 3, 2026, You/);
  expect(mine).toHaveTextContent("My sister is called Odile.");
  expect(mine).toHaveTextContent("It has “sister” and “called” of the question.");
  await waitFor(() => expect(hers).toHaveTextContent(/November 3, 2026, Anima/));
  expect(hers).toHaveTextContent("It means much the same as the question.");
  await person.keyboard("{Enter}");
  expect(screen.queryByRole("listitem")).toBeNull();
});

test("each leads to the very message that it is from", async () => {
  scriptedAccount({ [TURNS]: [{ body: { turns: [turn(SISTER, "My sister is called Odile.")] } }] });
  const { person, history } = renderInRouter(<Remembered run={runWith([SISTER])} />);
  await person.click(await opener(/^Remembered 1 thing you talked about$/));

  await person.click(await screen.findByRole("link", { name: "Show it where it was said" }));

  await waitFor(() => expect(history.location.href).toBe("/t/thread%20of%20m1#m1"));
});

test.each([
  [{ dates: ["in March"] }, "It is from “in March”, which the question asks about."],
  [{ dates: ["in March"], words: ["boat"] }, "It has “boat” of the question and is from “in March”."],
  [{ beside: true, meaning: true }, "It was said right beside what fits the question."],
])("the reason %o is said in words", async (why, said) => {
  scriptedAccount({ [TURNS]: [{ body: { turns: [turn(SISTER, "x")] } }] });
  const { person } = renderInRouter(<Remembered run={runWith([item("m1", why)])} />);
  await person.click(await opener(/^Remembered/));

  expect(await screen.findByText(said)).toBeVisible();
});

test.each([
  ["corrected", "The agent was told that you corrected it since.", "You corrected it: “figs”"],
  ["changed", "The agent was told that it is so no longer.", "It is so no longer: “figs”"],
  ["edited", "The agent was told how you put it later.", "Put later as “figs”"],
] as const)("what is so no longer (%s) stands there with what is so now", async (outdated, said, now) => {
  const old = item("m1", { words: ["sister"] }, { outdated });
  scriptedAccount({ [TURNS]: [{ body: { turns: [turn(old, "x", [{ how: outdated, text: "figs" }])] } }] });
  const { person } = renderInRouter(<Remembered run={runWith([old])} />);
  await person.click(await opener(/^Remembered/));

  expect(await screen.findByText(new RegExp(said.replaceAll(".", "\\.")))).toBeVisible();
  expect(screen.getByText(now)).toBeVisible();
});

test("one is forgotten only after a second word, and is then shown no more", async () => {
  const turns = [turn(SISTER, "My sister is called Odile.")];
  const asked = scriptedAccount({
    [TURNS]: [{ body: { turns } }, { body: { turns: [] } }],
    [`DELETE ${TURNS}/m1`]: [{ status: 204 }],
  });
  const { person } = renderInRouter(<Remembered run={runWith([SISTER])} />);
  await person.click(await opener(/^Remembered/));
  await person.click(await opener(/^Forget$/));
  expect(await screen.findByText(/Agents are never shown it again/)).toBeVisible();
  await person.click(await opener(/^Cancel$/));
  expect(countOf(asked, `${TURNS}/m1`)).toBe(0);

  await person.click(await opener(/^Forget$/));
  await person.click(await opener(/^Forget for good$/));

  expect(await screen.findByText("This is not remembered any more.")).toBeVisible();
  expect(countOf(asked, `${TURNS}/m1`)).toBe(1);
  expect(screen.queryByText("My sister is called Odile.")).toBeNull();
});

test("what could not be forgotten says why and stays", async () => {
  scriptedAccount({
    [TURNS]: [{ body: { turns: [turn(SISTER, "My sister is called Odile.")] } }],
    [`DELETE ${TURNS}/m1`]: [problem(503, "unavailable")],
  });
  const { person } = renderInRouter(<Remembered run={runWith([SISTER])} />);
  await person.click(await opener(/^Remembered/));
  await person.click(await opener(/^Forget$/));
  await person.click(await opener(/^Forget for good$/));

  expect(await screen.findByRole("alert")).toHaveTextContent("This part is not available right now.");
  expect(screen.getByText("My sister is called Odile.")).toBeVisible();
});

test("while memory is away the line says so and can ask again", async () => {
  scriptedAccount({
    [TURNS]: [problem(403, "forbidden"), { body: { turns: [turn(SISTER, "My sister is called Odile.")] } }],
  });
  const { person } = renderInRouter(<Remembered run={runWith([SISTER])} />);
  await person.click(await opener(/^Remembered/));
  const alert = await screen.findByRole("alert");

  await person.click(within(alert).getByRole("button", { name: "Try again" }));

  expect(await screen.findByText("My sister is called Odile.")).toBeVisible();
});

test("whoever looks at somebody else's account forgets nothing for them", async () => {
  scriptedAccount({ [TURNS]: [{ body: { turns: [turn(SISTER, "My sister is called Odile.")] } }] });
  beginLook({ ...GRANT, user_id: "u2", ends_in: 600 } as Impersonation);
  const { person } = renderInRouter(<Remembered run={runWith([SISTER])} />);
  await person.click(await opener(/^Remembered/));

  expect(await screen.findByText("My sister is called Odile.")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Forget" })).toBeNull();
});

test("a time that was asked for is shown day by day, in the order of time", async () => {
  const at = (message: string, said_at: string) => item(message, { timeline: true }, { said_at });
  const items = [at("m3", "2026-03-10T12:00:00Z"), at("m1", "2026-03-09T10:00:00Z"), at("m2", "2026-03-09T11:00:00Z")];
  scriptedAccount({ [TURNS]: [{ body: { turns: items.map((each) => turn(each, `Said ${each.message}`)) } }] });
  const { person } = renderInRouter(<Remembered run={runWith(items)} />);
  await person.click(await opener(/^Remembered 3 things you talked about$/));

  const timeline = await screen.findByRole("list", { name: "Timeline" });
  const days = within(timeline).getAllByRole("heading");
  expect(days.map((day) => day.textContent)).toEqual(["Monday, March 9, 2026", "Tuesday, March 10, 2026"]);
  expect(
    within(timeline)
      .getAllByText(/^Said/)
      .map((said) => said.textContent),
  ).toEqual(["Said m1", "Said m2", "Said m3"]);
  expect(within(timeline).getAllByText("It is from the time that was asked for.")).toHaveLength(3);
  expect(within(timeline).getAllByRole("link", { name: "Show it where it was said" })).toHaveLength(3);
});

const ITEM = (id: string) => `/api/memory/items/${id}`;
const knownItem = (id: string, why: Partial<KnownItem["why"]>, kind: KnownItem["kind"] = "fact"): KnownItem => ({
  item: id,
  kind,
  why: { ...WHY, ...why },
});
const history = (text: string, id = "") => ({
  body: { item: { id, text, sources: [] }, versions: [], links: [], used_in: [] },
});

test("what was known is shown with its reason and the way to it in memory", async () => {
  scriptedAccount({
    [TURNS]: [{ body: { turns: [turn(SISTER, "My sister is called Odile.")] } }],
    [ITEM("k1")]: [history("Answer briefly")],
    [ITEM("k2")]: [history("Sees the dentist on Monday", "k2")],
    [ITEM("k3")]: [problem(404, "unknown_item")],
  });
  const known = [
    knownItem("k1", { always: "instruction" }, "instruction"),
    knownItem("k3", { words: ["boat"] }),
    knownItem("k2", { hint: "upcoming" }, "event"),
  ];
  const { person, history: places } = renderInRouter(<Remembered run={{ ...runWith([SISTER]), known }} />);
  await person.click(await opener(/^Remembered 3 things$/));

  const list = await screen.findByRole("list", { name: "What is known of you" });
  const [wish, gone, hint] = within(list).getAllByRole("listitem");
  await waitFor(() => expect(wish).toHaveTextContent("Instruction"));
  await waitFor(() => expect(wish).toHaveTextContent("Answer briefly"));
  expect(wish).not.toHaveTextContent("Something went wrong");
  expect(wish).toHaveTextContent("It is what you want, and shown with every answer.");
  await waitFor(() => expect(gone).toHaveTextContent("This is not remembered any more."));
  await waitFor(() => expect(hint).toHaveTextContent("Sees the dentist on Monday"));
  expect(hint).toHaveTextContent("Brought up unasked");
  expect(hint).toHaveTextContent("It is about to happen; nobody asked for it.");
  if (!hint) throw new Error("there is a hint");
  await person.click(within(hint).getByRole("link", { name: "Show it in memory" }));
  await waitFor(() => expect(places.location.href).toBe("/memory?item=k2"));
});

test("what stands with every answer is told as such where nothing else was shown", async () => {
  scriptedAccount({ [ITEM("k1")]: [history("Is called Ada")] });
  const known = [knownItem("k1", { always: "identity" })];
  const { person } = renderInRouter(<Remembered run={{ ...runWith([]), known }} />);
  await person.click(await opener(/^Kept 1 thing about you in mind$/));

  expect(await screen.findByText("It says who you are, and is shown with every answer.")).toBeVisible();
});
