// Changing the password: what is sent, and where each refusal is told.
import { screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { countOf, problem, scriptedAccount } from "@/wire/scripted_account";
import { PasswordSection } from "./PasswordSection";

const CHANGE = "/api/auth/change-password";
const SETUP = {
  "/api/auth/setup": [{ body: { claimed: true, claim: "loopback", password_min_length: 8, has_refresh_token: true } }],
};

afterEach(() => void vi.unstubAllGlobals());

async function change(reply: Parameters<typeof scriptedAccount>[0][string][number], fresh = "seven orange boats") {
  const asked = scriptedAccount({ ...SETUP, [CHANGE]: [reply] });
  const user = renderPart(<PasswordSection />);
  await screen.findByText(/^At least 8 characters/);
  await user.type(screen.getByLabelText("Current password"), "the old one");
  await user.type(screen.getByLabelText("New password"), fresh);
  expect(screen.queryByText("Strong") !== null).toBe(fresh.length > 8);
  await user.click(screen.getByRole("button", { name: "Change password" }));
  return asked;
}

test("both passwords are sent, the form is emptied, and the other sessions are said to be over", async () => {
  const asked = await change({ status: 204 });

  expect(await screen.findByText("Your password is changed. Your other sessions were ended.")).toBeVisible();
  expect(asked.find(({ path }) => path === CHANGE)?.body).toEqual({
    current_password: "the old one",
    new_password: "seven orange boats",
  });
  expect(screen.getByLabelText("Current password")).toHaveValue("");
  expect(screen.getByLabelText("New password")).toHaveValue("");
});

test("a wrong current password is told at its field, and is one guess only", async () => {
  const asked = await change(problem(401, "credentials_rejected"));

  expect(await screen.findByText("The current password is wrong.")).toBeVisible();
  expect(screen.getByLabelText("Current password")).toHaveFocus();
  expect(countOf(asked, CHANGE)).toBe(1);
});

test("a password that the policy refuses is told at the new one", async () => {
  await change(problem(422, "password_refused"));

  expect(await screen.findByText(/^This password is too short, too common/)).toBeVisible();
  expect(screen.getByLabelText("New password")).toHaveFocus();
});

test("one that is too short is not sent", async () => {
  const asked = await change({ status: 204 }, "short");

  expect(await screen.findByText("Use at least 8 characters.")).toBeVisible();
  expect(countOf(asked, CHANGE)).toBe(0);
});

test("a server that is busy is told above the form", async () => {
  await change(problem(503, "sign_in_busy"));

  expect(await screen.findByRole("alert")).toHaveTextContent("Many people are signing in right now");
});
