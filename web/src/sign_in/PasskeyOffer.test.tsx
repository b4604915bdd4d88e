// Passkeys at sign-in: alone, as the second step, and where they do not work.
import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { useLogin } from "@/wire/login";
import { countOf, GRANT, problem, scriptedAccount } from "@/wire/scripted_account";
import { QUESTION, refusedByDevice, scriptedPasskeys, setupAt } from "@/wire/scripted_passkeys";
import { SignInForm } from "./SignInForm";

const BEGIN = "/api/auth/passkeys/login/begin";
const FINISH = "/api/auth/passkeys/login/finish";
const needed = (...methods: string[]) => ({
  body: { mfa_required: true, mfa_token: "secret", expires_in: 300, methods },
});

afterEach(() => void vi.unstubAllGlobals());

function shown(replies: Parameters<typeof scriptedAccount>[0], worksAt: string | null = location.origin) {
  const device = scriptedPasskeys();
  const asked = scriptedAccount({ ...setupAt(worksAt), [BEGIN]: [QUESTION], ...replies });
  useLogin.setState({ status: "signed-out", me: undefined });
  return { device, asked, user: renderPart(<SignInForm intro={{ password: "One", second: "Two" }} />) };
}

const isSignedIn = () => waitFor(() => expect(useLogin.getState().status).toBe("signed-in"));

async function withPassword(user: ReturnType<typeof renderPart>) {
  await user.type(screen.getByLabelText("E-mail address"), "ada@example.org");
  await user.type(screen.getByLabelText("Password"), "right{Enter}");
}

test("a passkey signs in by itself, without an address", async () => {
  const { device, asked, user } = shown({ [FINISH]: [{ body: GRANT }] });

  await user.click(await screen.findByRole("button", { name: "Sign in with a passkey" }));

  await isSignedIn();
  expect(device.get).toHaveBeenCalledTimes(1);
  const sent = asked.find(({ path }) => path === FINISH)?.body;
  expect(sent).toMatchObject({
    credential: { id: "AAAA", type: "public-key", response: { signature: "c2lnbmF0dXJl" } },
  });
  expect(sent).not.toHaveProperty("mfa_token");
  expect(screen.getByLabelText("E-mail address")).toHaveAttribute("autocomplete", "username webauthn");
});

test.each([
  ["NotAllowedError", /^No passkey was used: you cancelled/],
  ["SecurityError", /^Passkeys do not work at this address/],
  ["UnknownError", /^This device could not use a passkey/],
])("what the device refuses (%s) is said, and may be tried again", async (name, words) => {
  const { device, asked, user } = shown({ [FINISH]: [{ body: GRANT }] });
  device.get.mockRejectedValueOnce(refusedByDevice(name));

  await user.click(await screen.findByRole("button", { name: "Sign in with a passkey" }));
  expect(await screen.findByRole("alert")).toHaveTextContent(words);
  expect(countOf(asked, FINISH)).toBe(0);
  await user.click(screen.getByRole("button", { name: "Sign in with a passkey" }));

  await isSignedIn();
});

test("what the server refuses is said", async () => {
  const { user } = shown({ [FINISH]: [problem(401, "passkey_rejected")] });

  await user.click(await screen.findByRole("button", { name: "Sign in with a passkey" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("This passkey was not accepted.");
});

test("one that may be a copy asks for a code too", async () => {
  const { asked, user } = shown({ [FINISH]: [needed("recovery_code")], "/api/auth/login/mfa": [{ body: GRANT }] });

  await user.click(await screen.findByRole("button", { name: "Sign in with a passkey" }));
  await user.type(await screen.findByLabelText("Recovery code"), "A-AAAA{Enter}");

  await isSignedIn();
  expect(asked.at(-1)?.body).toEqual({ mfa_token: "secret", code: "A-AAAA" });
});

test("at 127.0.0.1 the page says where passkeys work", async () => {
  const { user } = shown({}, "http://localhost:8080");

  const link = await screen.findByRole("link", { name: "localhost:8080" });

  expect(link).toHaveAttribute("href", "http://localhost:8080/");
  expect(screen.queryByRole("button", { name: "Sign in with a passkey" })).toBeNull();
  expect(screen.getByLabelText("E-mail address")).toHaveAttribute("autocomplete", "username");
  await user.tab();
});

test("where none can work none is offered", async () => {
  shown({}, null);

  await waitFor(() => expect(screen.getByLabelText("Password")).toBeVisible());

  expect(screen.queryByText(/passkey/i)).toBeNull();
});

test("after the password a passkey is asked for, and its answer belongs to that step", async () => {
  const { asked, user } = shown({
    "/api/auth/login": [needed("passkey", "recovery_code")],
    [FINISH]: [problem(401, "passkey_rejected"), { body: GRANT }],
  });
  await withPassword(user);

  const button = await screen.findByRole("button", { name: "Use your passkey" });
  expect(button).toHaveFocus();
  await user.keyboard("{Enter}");
  expect(await screen.findByText(/^This passkey was not accepted/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Use your passkey" }));

  await isSignedIn();
  const begun = asked.filter(({ path }) => path === BEGIN).map(({ body }) => body);
  expect(begun).toEqual([{ mfa_token: "secret" }, { mfa_token: "secret" }]);
  expect(asked.at(-1)?.body).toMatchObject({ mfa_token: "secret", credential: { id: "AAAA" } });
});

test("one may choose a code instead, and come back to the passkey", async () => {
  const { user } = shown({ "/api/auth/login": [needed("passkey", "totp", "recovery_code")] });
  await withPassword(user);

  await user.click(await screen.findByRole("button", { name: "Use a code instead" }));
  expect(screen.getByLabelText("Six-digit code")).toHaveFocus();
  await user.click(screen.getByRole("button", { name: "Use a passkey instead" }));

  expect(screen.getByRole("button", { name: "Use your passkey" })).toBeVisible();
});

test("whose passkey works elsewhere is told so, and may use a recovery code here", async () => {
  const { user } = shown({ "/api/auth/login": [needed("passkey", "recovery_code")] }, "http://localhost:8080");
  await withPassword(user);

  expect(await screen.findByLabelText("Recovery code")).toBeVisible();
  expect(screen.getByRole("link", { name: "localhost:8080" })).toBeVisible();
  expect(screen.queryByText("Use the authenticator app instead")).toBeNull();
});

test("a first step that counts no more begins again", async () => {
  const { user } = shown({
    "/api/auth/login": [needed("passkey", "recovery_code")],
    [BEGIN]: [problem(401, "sign_in_expired")],
  });
  await withPassword(user);

  await user.click(await screen.findByRole("button", { name: "Use your passkey" }));

  expect(await screen.findByText(/^Begin again with your password/)).toBeVisible();
});
