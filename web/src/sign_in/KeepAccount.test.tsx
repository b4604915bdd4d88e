// An account that is about to be deleted: the day is told, and its owner can keep it.
import { screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { useLogin } from "@/wire/login";
import { countOf, problem, scriptedAccount } from "@/wire/scripted_account";
import { SignInForm } from "./SignInForm";

const [LOGIN, MFA, UNDELETE] = ["/api/auth/login", "/api/auth/login/mfa", "/api/auth/me/undelete"];
const NEEDED = { body: { mfa_required: true, mfa_token: "secret", expires_in: 300, methods: ["totp"] } };
const PENDING = {
  status: 409,
  body: { code: "deletion_pending", detail: "", due_at: "2026-12-04T10:30:00+00:00", undo_token: "keep-me" },
};

afterEach(() => void vi.unstubAllGlobals());

async function signIn(replies: Parameters<typeof scriptedAccount>[0]) {
  const asked = scriptedAccount(replies);
  useLogin.setState({ status: "signed-out", me: undefined });
  const user = renderPart(<SignInForm intro={{ password: "One", second: "Two" }} />);
  await user.type(screen.getByLabelText("E-mail address"), "ada@example.org");
  await user.type(screen.getByLabelText("Password"), "right{Enter}");
  return { asked, user };
}

test("the day is told, and one press keeps the account", async () => {
  const { asked, user } = await signIn({ [LOGIN]: [PENDING], [UNDELETE]: [{ status: 204 }] });

  expect(await screen.findByText(/4 December 2026|December 4, 2026/)).toBeVisible();
  expect(useLogin.getState().status).toBe("signed-out");
  await user.click(screen.getByRole("button", { name: "Keep my account" }));

  expect(await screen.findByText("Your account is kept. Sign in to go on.")).toBeVisible();
  expect(asked.find(({ path }) => path === UNDELETE)?.body).toEqual({ undo_token: "keep-me" });
  expect(screen.getByLabelText("E-mail address")).toHaveValue("ada@example.org");
  expect(screen.getByLabelText("Password")).toHaveFocus();
});

test("after a code too", async () => {
  const { user } = await signIn({ [LOGIN]: [NEEDED], [MFA]: [PENDING] });
  await screen.findByLabelText("Six-digit code");

  await user.keyboard("123456");

  expect(await screen.findByRole("button", { name: "Keep my account" })).toBeVisible();
});

test("what an administrator decided is theirs to undo", async () => {
  const { undo_token: _, ...body } = PENDING.body;
  const { asked, user } = await signIn({ [LOGIN]: [{ status: 409, body }] });

  expect(await screen.findByText(/^An administrator decided this/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Keep my account" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Back to signing in" }));
  expect(screen.getByLabelText("Password")).toHaveValue("");
  expect(countOf(asked, UNDELETE)).toBe(0);
});

test("when it is too late that is said", async () => {
  const { user } = await signIn({ [LOGIN]: [PENDING], [UNDELETE]: [problem(409, "undo_rejected")] });

  await user.click(await screen.findByRole("button", { name: "Keep my account" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("This cannot be undone any more.");
});
