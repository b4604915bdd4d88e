// An administrator sees what a limit would erase, for everybody, before it is set.
import { screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { showLanguage, wantTexts } from "@/i18n/language";
import { renderPart } from "@/render_for_test";
import { type Asked, problem, scriptedAccount } from "@/wire/scripted_account";
import { RetentionPage } from "./RetentionPage";

const PREVIEW = "/api/threads/retention/deployment";
const reach = (days: number | null, threads = 0, messages = 0, people = 0) => ({
  body: { days, threads, messages, people },
});

afterEach(async () => {
  vi.unstubAllGlobals();
  await showLanguage("en");
});

const searches = (asked: Asked[]) => asked.filter(({ path }) => path === PREVIEW).map(({ search }) => search);

function shown(...replies: { status?: number; body?: unknown }[]) {
  const asked = scriptedAccount({ [PREVIEW]: replies });
  return { asked, user: renderPart(<RetentionPage />) };
}

test("a limit is looked at, and nothing is asked for before", async () => {
  const { asked, user } = shown(reach(null), reach(30, 1204, 9001, 12));
  expect(await screen.findByText(/No limit is set/)).toBeVisible();

  await user.type(screen.getByRole("textbox", { name: "A limit in days" }), "30");
  expect(searches(asked)).toEqual([""]);
  await user.keyboard("{Enter}");

  expect(await screen.findByText("It would erase 1,204 conversations within a minute, beyond return.")).toBeVisible();
  expect(screen.getByText("Messages in them: 9,001. People whose they are: 12.")).toBeVisible();
  expect(screen.getByText("SESSION_RETENTION_DAYS=30")).toBeVisible();
  expect(searches(asked)).toEqual(["", "?days=30"]);
});

test("another number takes away what was said of the former", async () => {
  const { user } = shown(reach(365), reach(3000));
  expect(await screen.findByText(/Every conversation is erased 365 days after its last message/)).toBeVisible();
  await user.type(screen.getByRole("textbox", { name: "A limit in days" }), "3000{Enter}");
  expect(await screen.findByText("It would erase nothing now.")).toBeVisible();

  await user.keyboard("{Backspace}");

  expect(screen.queryByText("It would erase nothing now.")).toBeNull();
});

test.each(["", "0", "-3", "1.5", "36501", "ten", "1e3"])(
  "%j is no limit, and the server is not asked",
  async (typed) => {
    const { asked, user } = shown(reach(null));
    await screen.findByText(/No limit is set/);
    const field = screen.getByRole("textbox", { name: "A limit in days" });
    if (typed !== "") await user.type(field, typed);

    await user.click(screen.getByRole("button", { name: "Show what it would erase" }));

    expect(screen.getByText("Enter a whole number of days, from 1 to 36,500.")).toBeVisible();
    expect(searches(asked)).toEqual([""]);
  },
);

test("a refusal says why, and the screen speaks French", async () => {
  await showLanguage("fr");
  await wantTexts("entry", "later");
  shown(problem(403, "forbidden"));

  expect(await screen.findByText("Vous n’êtes pas autorisé à faire cela.")).toBeVisible();
  expect(screen.getByRole("heading", { name: "Durée de conservation" })).toBeVisible();
});
