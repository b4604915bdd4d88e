// What is known of a person is forgotten beside it, in the opened line.
import { screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Remembered } from "@/conversation/messages/Remembered";
import { renderInRouter } from "@/render_in_router";
import type { ShownRun } from "@/wire";
import { forgetEverything } from "@/wire/live/store";
import { queries } from "@/wire/questions";
import { countOf, scriptedAccount } from "@/wire/scripted_account";

const K1 = "/api/memory/items/k1";
const WHY = { words: [], dates: [], meaning: false, beside: false, always: "identity" as const };
const RUN = { recalled: [] as ShownRun["recalled"] } as ShownRun;
const HISTORY = {
  item: { id: "k1", text: "Is called Ada", sources: [] },
  versions: [],
  links: [],
  used_in: [],
};
const opener = (name: RegExp) => screen.findByRole("button", { name });

beforeEach(() => queries.clear());
afterEach(() => {
  vi.unstubAllGlobals();
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
