// Signing in: the password alone, or the password and then a code.
import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { useLogin } from "@/wire/login";
import { GRANT, problem, scriptedAccount } from "@/wire/scripted_account";
import { SignInForm } from "./SignInForm";

const LOGIN = "/api/auth/login";
const MFA = "/api/auth/login/mfa";
const NEEDED = {
  body: { mfa_required: true, mfa_token: "secret", expires_in: 300, methods: ["totp", "recovery_code"] },
};

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function withPassword(replies: Parameters<typeof scriptedAccount>[0], email?: string) {
  const asked = scriptedAccount(replies);
  useLogin.setState({ status: "signed-out", me: undefined });
  const user = renderPart(<SignInForm email={email} intro={{ password: "One", second: "Two" }} />);
  if (email === undefined) await user.type(screen.getByLabelText("E-mail address"), "ada@example.org");
  await user.type(screen.getByLabelText("Password"), "right{Enter}");
  return { asked, user };
}

const isSignedIn = () => waitFor(() => expect(useLogin.getState().status).toBe("signed-in"));

test("the password is enough where no code is asked for", async () => {
  await withPassword({ [LOGIN]: [{ body: GRANT }] });

  await isSignedIn();
});

test("a code follows the password, and nobody is signed in before it", async () => {
  const { asked, user } = await withPassword({ [LOGIN]: [NEEDED], [MFA]: [{ body: GRANT }] });

  expect(await screen.findByLabelText("Six-digit code")).toHaveFocus();
  expect(screen.getByText("Two")).toBeVisible();
  expect(useLogin.getState().status).toBe("signed-out");
  await user.keyboard("123456");

  await isSignedIn();
  expect(asked.find(({ path }) => path === MFA)?.body).toEqual({ mfa_token: "secret", code: "123456" });
  expect(JSON.stringify([{ ...localStorage }, { ...sessionStorage }])).not.toContain("secret");
});

test("a wrong code may be tried again", async () => {
  const wrong = problem(401, "code_rejected", "This code is wrong, or was used before.");
  const { user } = await withPassword({ [LOGIN]: [NEEDED], [MFA]: [wrong, { body: GRANT }] });
  await screen.findByLabelText("Six-digit code");

  await user.keyboard("111111");
  expect(await screen.findByText("This code is wrong, or was used before.")).toBeVisible();
  await user.keyboard("222222");

  await isSignedIn();
});

test.each([
  ["sent", undefined],
  ["locked", "ada@example.org"],
])("when the first step counts no more it begins again (%s)", async (_, email) => {
  const over = problem(401, "sign_in_expired", "Begin again with your password.");
  const { user } = await withPassword({ [LOGIN]: [NEEDED], [MFA]: [over] }, email);
  await screen.findByLabelText("Six-digit code");

  await user.keyboard("111111");

  expect(await screen.findByText(/^Begin again with your password/)).toBeVisible();
  expect(screen.getByLabelText("Password")).toHaveFocus();
  expect(screen.getByLabelText("Password")).toHaveValue("");
  expect(screen.getByLabelText("E-mail address")).toHaveValue("ada@example.org");
});

test("one can go back to the password", async () => {
  const { user } = await withPassword({ [LOGIN]: [NEEDED] });

  await user.click(await screen.findByRole("button", { name: "Back to the password" }));

  expect(screen.getByLabelText("Password")).toHaveFocus();
  expect(screen.queryByText(/^Begin again/)).toBeNull();
});

test("a step that has taken too long is not waited for", async () => {
  await withPassword({ [LOGIN]: [{ body: { ...NEEDED.body, expires_in: 0.2 } }] });

  expect(await screen.findByText(/^Begin again with your password/)).toBeVisible();
});

test.each([
  ["too_many_attempts", 429, "Too many attempts. Wait a moment before you try again."],
  ["sign_in_busy", 503, "Many people are signing in right now. Try again in a moment."],
])("%s is said and nothing is lost", async (code, status, words) => {
  const { user } = await withPassword({ [LOGIN]: [NEEDED], [MFA]: [problem(status, code), { body: GRANT }] });
  await screen.findByLabelText("Six-digit code");

  await user.keyboard("111111");
  expect(await screen.findByText(words)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Sign in" }));

  await isSignedIn();
});
