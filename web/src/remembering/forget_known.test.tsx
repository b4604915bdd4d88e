// What is known of a person is forgotten beside it, in the opened line.
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Remembered } from "@/conversation/messages/Remembered";
import { renderInRouter } from "@/render_in_router";
import type { Impersonation, ShownRun } from "@/wire";
import { beginLook, leaveLook } from "@/wire/impersonation";
import { forgetEverything } from "@/wire/live/store";
import { queries } from "@/wire/questions";
import { countOf, GRANT, problem, scriptedAccount } from "@/wire/scripted_account";

const K1 = "/api/memory/items/k1";
const WHY = { words: [], dates: [], meaning: false, beside: false, always: "identity" as const };
const RUN = { recalled: [] as ShownRun["recalled"] } as ShownRun;
const historyOf = (id: string, text: string, versions: object[] = []) => ({
  item: { id, text, sources: [] },
  versions,
  links: [],
  used_in: [],
});
const HISTORY = historyOf("k1", "Is called Ada");
const opener = (name: RegExp) => screen.findByRole("button", { name });

beforeEach(() => queries.clear());
afterEach(() => {
  vi.unstubAllGlobals();
  leaveLook();
  forgetEverything();
});

test("what is known is forgotten beside it, only after a second word", async () => {
  const asked = scriptedAccount({
    [`GET ${K1}`]: [{ body: HISTORY }],
    [`DELETE ${K1}`]: [{ status: 204 }],
  });
  const known = [{ item: "k1", kind: "fact" as const, why: WHY }];
  const { person } = renderInRouter(<Remembered run={{ ...RUN, known }} />);
  await person.click(await opener(/^Kept 1 thing about you in mind$/));

  await person.click(await opener(/^Forget$/));
  await person.click(await opener(/^Cancel$/));
  await person.click(await opener(/^Forget$/));
  expect(await screen.findByText(/Its words go for good/)).toBeVisible();
  expect(countOf(asked, K1)).toBe(1);
  await person.click(await opener(/^Forget for good$/));

  expect(await screen.findByText("This is not remembered any more.")).toBeVisible();
  expect(countOf(asked, K1)).toBe(2);
  expect(screen.queryByText("Is called Ada")).toBeNull();
});

test("what goes with it is told before, a refusal after; what went with it is shown no more either", async () => {
  const K2 = "/api/memory/items/k2";
  scriptedAccount({
    [`GET ${K1}`]: [{ body: historyOf("k1", "Is called Ada", [{}, {}]) }],
    [`GET ${K2}`]: [{ body: historyOf("k2", "Ada is what you are called") }, problem(404, "unknown_item")],
    [`DELETE ${K1}`]: [problem(503, "unavailable"), { status: 204 }],
  });
  const known = ["k1", "k2"].map((item) => ({ item, kind: "fact" as const, why: WHY }));
  const { person } = renderInRouter(<Remembered run={{ ...RUN, known }} />);
  await person.click(await opener(/^Kept 2 things about you in mind$/));
  const [name, summary] = await screen.findAllByRole("listitem");
  if (!name || !summary) throw new Error("there are two");

  await person.click(await within(name).findByRole("button", { name: "Forget" }));
  expect(within(name).getByText("Its 2 former versions go with it.")).toBeVisible();
  await person.click(within(name).getByRole("button", { name: "Forget for good" }));
  expect(await within(name).findByRole("alert")).toHaveTextContent("This part is not available right now.");
  expect(name).toHaveTextContent("Is called Ada");
  await person.click(within(name).getByRole("button", { name: "Forget for good" }));

  expect(await within(name).findByText("This is not remembered any more.")).toBeVisible();
  await waitFor(() => expect(summary).toHaveTextContent("This is not remembered any more."));
  expect(summary).not.toHaveTextContent("Ada is what you are called");
});

test("whoever looks at somebody else's account forgets none of what is known for them", async () => {
  scriptedAccount({ [K1]: [{ body: HISTORY }] });
  beginLook({ ...GRANT, user_id: "u2", ends_in: 600 } as Impersonation);
  const known = [{ item: "k1", kind: "fact" as const, why: WHY }];
  const { person } = renderInRouter(<Remembered run={{ ...RUN, known }} />);
  await person.click(await opener(/^Kept 1 thing about you in mind$/));

  expect(await screen.findByText("Is called Ada")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Forget" })).toBeNull();
});
