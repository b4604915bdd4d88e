// Links to an account that are over say so, and lead on.
import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { openLetter } from "@/by_mail/open_letter";
import { countOf, problem } from "@/wire/scripted_account";
import { InvitationScreen } from "./InvitationScreen";
import { RegisterScreen } from "./RegisterScreen";

const SHOW = "/api/auth/invitations/show";
const ACCEPT = "/api/auth/invitations/accept";
const CONFIRM = "/api/auth/register/confirm";
const INVALID = problem(400, "link_invalid");
const MALFORMED = problem(422, "invalid_request");
const SETUP = { claimed: true, claim: "code", password_min_length: 8, has_refresh_token: false };
const setup = (more: object) => ({ "/api/auth/setup": [{ body: { ...SETUP, ...more } }] });

afterEach(() => vi.unstubAllGlobals());

async function expectInvitationOver() {
  expect(await screen.findByRole("heading", { name: "This invitation is over" })).toBeVisible();
  expect(screen.getByRole("alert")).toHaveTextContent("Ask whoever invited you for a new one.");
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
  expect(screen.queryByRole("textbox")).toBeNull();
}

test.each([INVALID, MALFORMED])("an invitation that is over cannot be tried again (%#)", async (refusal) => {
  openLetter(InvitationScreen, { [SHOW]: [refusal] }, "#old");

  await expectInvitationOver();
});

test("an address without its secret asks the server for nothing", async () => {
  const { asked } = openLetter(InvitationScreen, { [SHOW]: [INVALID] });

  await expectInvitationOver();
  expect(countOf(asked, SHOW)).toBe(0);
});

test("an invitation that is withdrawn while the form is filled in is over too", async () => {
  const shown = { body: { email: "grace@example.org", role: "member" } };
  const { user } = openLetter(InvitationScreen, { [SHOW]: [shown], [ACCEPT]: [INVALID] }, "#good");
  await user.type(await screen.findByLabelText("Your name"), "Grace");
  await user.type(screen.getByLabelText("Password"), "seven orange boats{Enter}");

  await expectInvitationOver();
});

test("an invitation that could not be read now can be tried again", async () => {
  openLetter(InvitationScreen, { [SHOW]: [problem(503, "database_unavailable")] }, "#good");

  expect(await screen.findByRole("button", { name: "Try again" })).toBeVisible();
});

test.each([INVALID, MALFORMED])("after a dead registration link one registers again (%#)", async (refusal) => {
  const { user } = openLetter(RegisterScreen, { ...setup({ mail: true, signup: "open" }), [CONFIRM]: [refusal] }, "#x");
  await user.click(await screen.findByRole("button", { name: "Create my account" }));
  expect(await screen.findByRole("alert")).toHaveTextContent(/^This link was used before/);
  expect(screen.queryByRole("button", { name: "Create my account" })).toBeNull();

  await user.click(await screen.findByRole("button", { name: "Register again" })); // who may is asked meanwhile

  expect(await screen.findByLabelText("Your name")).toBeVisible();
});

test.each([
  { mail: true, signup: "invite" },
  { mail: false, signup: "open" },
])("where nobody can register, nobody is told to (%o)", async (sign_up) => {
  const { asked, user } = openLetter(RegisterScreen, { ...setup(sign_up), [CONFIRM]: [INVALID] }, "#x");

  await user.click(await screen.findByRole("button", { name: "Create my account" }));

  expect(await screen.findByRole("alert")).toBeVisible();
  await waitFor(() => expect(countOf(asked, "/api/auth/setup")).toBeGreaterThan(0));
  await new Promise((done) => setTimeout(done, 50)); // time for the answer to be drawn
  expect(screen.queryByRole("button", { name: "Register again" })).toBeNull();
});
