// Another link into a screen that stands already: pasted into the address bar, or pressed in a letter beside it.
import { act, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { InvitationScreen } from "@/joining/InvitationScreen";
import { RegisterScreen } from "@/joining/RegisterScreen";
import { countOf, problem } from "@/wire/scripted_account";
import { ConfirmScreen, UndoScreen, VerifyScreen } from "./LinkScreens";
import { MailedCodeScreen } from "./MailedCodeScreen";
import { bodyOfLast, openLetter } from "./open_letter";
import { ResetScreen } from "./ResetScreen";

const DONE = { status: 204 };
const INVALID = problem(400, "link_invalid");

afterEach(() => {
  vi.unstubAllGlobals();
  history.replaceState(null, "", "/");
});

/** As browsers do it: the address changes, the page stays. */
async function paste(text: string) {
  await act(async () => {
    location.hash = text;
    await new Promise((done) => addEventListener("hashchange", done, { once: true }));
  });
  await waitFor(() => expect(location.hash).toBe(""));
}

test.each([
  [VerifyScreen, "/api/auth/verify-email", "This is my address"],
  [ConfirmScreen, "/api/auth/email/confirm", "Use this address"],
  [UndoScreen, "/api/auth/email/undo", "Use my old address again"],
] as const)("a good link about an address replaces one that is over (%#)", async (Screen, path, label) => {
  const { asked, user } = openLetter(Screen, { [path]: [INVALID, DONE] }, "#old");
  await user.click(await screen.findByRole("button", { name: label }));
  expect(await screen.findByRole("alert")).toHaveTextContent(/^This link was used before/);

  await paste("new");

  expect(screen.queryByRole("alert")).toBeNull();
  await user.click(screen.getByRole("button", { name: label }));
  await waitFor(() => expect(bodyOfLast(asked, path)).toEqual({ token: "new" }));
});

test("a reset link replaces the one before, and what was typed for that", async () => {
  const RESET = "/api/auth/reset-password";
  const { asked, user } = openLetter(ResetScreen, { [RESET]: [INVALID, DONE] }, "#old");
  await user.type(await screen.findByLabelText("New password"), "seven orange boats{Enter}");
  await screen.findByRole("link", { name: "Ask for a new link" });

  await paste("new");

  expect(screen.getByLabelText("New password")).toHaveValue("");
  await user.type(screen.getByLabelText("New password"), "eight orange boats{Enter}");
  expect(await screen.findByRole("heading", { name: "Your password is changed" })).toBeVisible();
  expect(bodyOfLast(asked, RESET)).toEqual({ token: "new", new_password: "eight orange boats" });
});

test("a mailed code that comes by a link stands in its field, also where another was asked for or typed", async () => {
  openLetter(MailedCodeScreen, {});
  await screen.findByLabelText("E-mail address");

  await paste("00123456");
  expect(await screen.findByLabelText("Eight-digit code")).toHaveValue("0012 3456");
  await paste("99887766");

  expect(screen.getByLabelText("Eight-digit code")).toHaveValue("9988 7766");
});

test("a registration link is taken where an account is being asked for", async () => {
  const CONFIRM = "/api/auth/register/confirm";
  const { asked, user } = openLetter(RegisterScreen, { [CONFIRM]: [INVALID] });
  await screen.findByLabelText("Your name");

  await paste("first");
  await user.click(await screen.findByRole("button", { name: "Create my account" }));
  await screen.findByRole("alert");
  await paste("second");
  await user.click(await screen.findByRole("button", { name: "Create my account" }));

  await waitFor(() => expect(bodyOfLast(asked, CONFIRM)).toEqual({ token: "second" }));
});

test("an invitation replaces one that is over", async () => {
  const SHOW = "/api/auth/invitations/show";
  const shown = { body: { email: "grace@example.org", role: "member" } };
  const { asked } = openLetter(InvitationScreen, { [SHOW]: [INVALID, shown] }, "#old");
  await screen.findByRole("alert");

  await paste("new");

  expect(await screen.findByLabelText("E-mail address")).toHaveValue("grace@example.org");
  expect(bodyOfLast(asked, SHOW)).toEqual({ token: "new" });
});

test.each([VerifyScreen, ResetScreen, RegisterScreen, InvitationScreen, MailedCodeScreen])(
  "a broken fragment breaks nothing (%#)",
  async (Screen) => {
    openLetter(Screen, { "/api/auth/invitations/show": [INVALID] }, "#%");

    expect(await screen.findByRole("heading", { level: 1 })).toBeVisible();
    await paste("%E0%A4%A");
    expect(screen.getByRole("heading", { level: 1 })).toBeVisible();
  },
);

test("a fragment that is no code asks for an address", async () => {
  const { asked } = openLetter(MailedCodeScreen, {}, "#%");

  expect(await screen.findByLabelText("E-mail address")).toBeVisible();
  expect(countOf(asked, "/api/auth/magic-link/login")).toBe(0);
});
