// The screens that letters lead to: what they send, that they wait for a press, and that secrets leave the address bar.
import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { useLogin } from "@/wire/login";
import { countOf, GRANT, problem } from "@/wire/scripted_account";
import { ForgottenScreen } from "./ForgottenScreen";
import { ConfirmScreen, UndoScreen, VerifyScreen } from "./LinkScreens";
import { MailedCodeScreen } from "./MailedCodeScreen";
import { bodyOfLast, openLetter } from "./open_letter";
import { ResetScreen } from "./ResetScreen";

const DONE = { status: 204 };
const INVALID = problem(400, "link_invalid");
const AWAY = problem(503, "database_unavailable");

afterEach(() => {
  vi.unstubAllGlobals();
  history.replaceState(null, "", "/");
});

test("a reset link leaves the address bar and goes off with the new password", async () => {
  const RESET = "/api/auth/reset-password";
  const { asked, user } = openLetter(ResetScreen, { [RESET]: [DONE] }, "#the-secret");
  await screen.findByText(/^At least 8 characters/, {}, { timeout: 10_000 });

  expect(location.href).not.toContain("the-secret");
  expect(countOf(asked, RESET)).toBe(0);
  await user.type(screen.getByLabelText("New password"), "seven orange boats{Enter}");

  expect(await screen.findByRole("heading", { name: "Your password is changed" })).toBeVisible();
  expect(bodyOfLast(asked, RESET)).toEqual({ token: "the-secret", new_password: "seven orange boats" });
  expect(useLogin.getState().status).toBe("signed-out");
});

test("a link that is used up leads to another one", async () => {
  const { user } = openLetter(ResetScreen, { "/api/auth/reset-password": [INVALID] }, "#old");
  await user.type(await screen.findByLabelText("New password"), "seven orange boats{Enter}");

  expect(await screen.findByRole("alert")).toHaveTextContent("This link was used before, or its time is over.");
  await user.click(screen.getByRole("link", { name: "Ask for a new link" }));

  expect(await screen.findByText("/forgotten-password")).toBeVisible();
});

test("a password that is refused can be replaced with the same link", async () => {
  const RESET = "/api/auth/reset-password";
  const { asked, user } = openLetter(ResetScreen, { [RESET]: [problem(422, "password_refused"), DONE] }, "#s");
  await user.type(await screen.findByLabelText("New password"), "password1234{Enter}");
  await screen.findByText(/^This password is too short, too common/);
  await user.type(screen.getByLabelText("New password"), " and more{Enter}");

  expect(await screen.findByRole("heading", { name: "Your password is changed" })).toBeVisible();
  expect(countOf(asked, RESET)).toBe(2);
});

test.each([
  [VerifyScreen, "/api/auth/verify-email", "This is my address", "Thank you. Your address is confirmed."],
  [ConfirmScreen, "/api/auth/email/confirm", "Use this address", /^Your account uses the new address/],
  [UndoScreen, "/api/auth/email/undo", "Use my old address again", /^Your account uses your old address again/],
] as const)("a link about an address waits for a press (%#)", async (Screen, path, label, done) => {
  const { asked, user } = openLetter(Screen, { [path]: [AWAY, DONE] }, "#the-secret");
  const button = await screen.findByRole("button", { name: label });

  expect(location.href).not.toContain("the-secret");
  expect(countOf(asked, path)).toBe(0);
  await user.click(button);
  expect(await screen.findByRole("alert")).toHaveTextContent(/^The database does not answer/);
  await user.click(screen.getByRole("button", { name: label }));

  expect(await screen.findByText(done)).toBeVisible();
  expect(bodyOfLast(asked, path)).toEqual({ token: "the-secret" });
});

test.each([
  [VerifyScreen, "/api/auth/verify-email", "This is my address"],
  [ConfirmScreen, "/api/auth/email/confirm", "Use this address"],
  [UndoScreen, "/api/auth/email/undo", "Use my old address again"],
] as const)("a link that is over offers nothing to press (%#)", async (Screen, path, label) => {
  const { user } = openLetter(Screen, { [path]: [INVALID] }, "#old");

  await user.click(await screen.findByRole("button", { name: label }));

  expect(await screen.findByRole("alert")).toHaveTextContent(/^This link was used before/);
  expect(screen.queryByRole("button", { name: label })).toBeNull();
});

test.each([VerifyScreen, ResetScreen])("a page that no link led to asks for nothing (%#)", async (Screen) => {
  const { asked } = openLetter(Screen, {});

  expect(await screen.findByRole("alert")).toHaveTextContent(/^This link was used before/);
  expect(screen.getAllByRole("button")).toEqual([screen.getByRole("button", { name: "Language: English" })]);
  expect(screen.queryByRole("textbox")).toBeNull();
  expect(asked.filter(({ path }) => path !== "/api/auth/setup")).toEqual([]);
});

test("whoever forgot a password is not told whether the address is known", async () => {
  const ASK = "/api/auth/request-password-reset";
  const { asked, user } = openLetter(ForgottenScreen, { [ASK]: [problem(409, "mail_off"), { status: 202, body: {} }] });

  await user.type(await screen.findByLabelText("E-mail address"), " ada@example.org {Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("This server sends no mail.");
  await user.click(screen.getByRole("button", { name: "Send the link" }));

  expect(await screen.findByText(/^If ada@example.org belongs to an account/)).toBeVisible();
  expect(bodyOfLast(asked, ASK)).toEqual({ email: "ada@example.org" });
});

test("a mailed code signs in, after a wrong one too", async () => {
  const LOG_IN = "/api/auth/magic-link/login";
  const { asked, user } = openLetter(MailedCodeScreen, {
    "/api/auth/magic-link": [{ status: 202, body: {} }],
    [LOG_IN]: [problem(401, "code_rejected"), { body: GRANT }],
  });
  await user.type(await screen.findByLabelText("E-mail address"), "ada@example.org{Enter}");
  const field = await screen.findByLabelText("Eight-digit code");
  expect(field).toHaveFocus();
  await user.type(field, "12{Enter}");
  expect(screen.getByText("Enter all eight digits.")).toBeVisible();
  await user.type(field, "345678");
  expect(field).toHaveValue("1234 5678");
  await user.keyboard("{Enter}");
  expect(await screen.findByText("This code is wrong, too old, or of another browser.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Sign in" }));

  await waitFor(() => expect(useLogin.getState().status).toBe("signed-in"));
  expect(bodyOfLast(asked, LOG_IN)).toEqual({ code: "12345678" });
});

test("a letter’s link brings the code, and a second factor is asked", async () => {
  const needed = { mfa_required: true, mfa_token: "secret", expires_in: 300, methods: ["totp"] };
  const { user } = openLetter(
    MailedCodeScreen,
    { "/api/auth/magic-link/login": [{ body: needed }], "/api/auth/login/mfa": [{ body: GRANT }] },
    "#00123456",
  );

  expect(await screen.findByLabelText("Eight-digit code")).toHaveValue("0012 3456");
  expect(location.hash).toBe("");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  await user.type(await screen.findByLabelText("Six-digit code"), "123456");

  await waitFor(() => expect(useLogin.getState().status).toBe("signed-in"));
});
