// Signing in with a provider: leaving for it, and coming back with a code to give or with a refusal.
import { renderHook, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { type Arrival, useArrival } from "@/sign_in_providers/arrival";
import { scriptedPage } from "@/sign_in_providers/scripted_page";
import { useLogin } from "@/wire/login";
import { countOf, GRANT, problem, scriptedAccount } from "@/wire/scripted_account";
import { SignInForm } from "./SignInForm";

const START = "/api/auth/oidc/acme/start";
const HANDOVER = "/api/auth/oidc/handover";
const MFA = "/api/auth/login/mfa";
const ACME = { id: "acme", label: "Acme" };
const setup = (...providers: object[]) => [{ body: { claimed: true, password_min_length: 8, providers } }];
const NEEDED = { body: { mfa_required: true, mfa_token: "secret", expires_in: 300, methods: ["totp"] } };

afterEach(() => {
  vi.unstubAllGlobals();
  history.replaceState(null, "", "/");
});

function shown(replies: Parameters<typeof scriptedAccount>[0], arrival: Arrival = {}, next?: string) {
  const left = scriptedPage("/sign-in");
  const asked = scriptedAccount({ "/api/auth/setup": setup(ACME), ...replies });
  useLogin.setState({ status: "signed-out", me: undefined });
  const user = renderPart(<SignInForm next={next} arrival={arrival} intro={{ password: "One", second: "Two" }} />);
  return { asked, user, left };
}

test("a button leaves for the provider and remembers where one wanted to be", async () => {
  const begun = { body: { location: "https://acme.example/authorize?x" } };
  const { asked, user, left } = shown({ [START]: [begun] }, {}, "/t/7");

  await user.click(await screen.findByRole("button", { name: "Continue with Acme" }));

  await waitFor(() => expect(left).toEqual(["https://acme.example/authorize?x"]));
  expect(asked.find(({ path }) => path === START)?.body).toEqual({ next: "/t/7", again: false });
  expect(countOf(asked, "/api/auth/refresh")).toBe(0); // nobody is signed in yet, so no token is asked for
});

test("without providers there is only the password", async () => {
  shown({ "/api/auth/setup": setup() });

  expect(await screen.findByLabelText("Password")).toBeVisible();
  expect(screen.queryByText("or")).toBeNull();
});

test("a provider that does not answer is told, and the button works again", async () => {
  const begun = { body: { location: "https://acme.example/" } };
  const { user, left } = shown({ [START]: [problem(503, "sign_in_provider_unavailable"), begun] });
  const button = await screen.findByRole("button", { name: "Continue with Acme" });

  await user.click(button);
  expect(await screen.findByText(/^The sign-in provider does not answer right now/)).toBeVisible();
  await user.click(button);

  await waitFor(() => expect(left).toHaveLength(1));
  expect(screen.queryByText(/^The sign-in provider does not answer/)).toBeNull();
});

test("whoever comes back with a code to give gives it", async () => {
  const { asked, user } = shown({ [HANDOVER]: [NEEDED], [MFA]: [{ body: GRANT }] }, { handover: "once" });

  expect(await screen.findByLabelText("Six-digit code")).toHaveFocus();
  expect(screen.getByText("Two")).toBeVisible();
  await user.keyboard("123456");

  await waitFor(() => expect(useLogin.getState().status).toBe("signed-in"));
  expect(asked.filter(({ path }) => path === HANDOVER).map(({ body }) => body)).toEqual([{ token: "once" }]);
  expect(asked.find(({ path }) => path === MFA)?.body).toEqual({ mfa_token: "secret", code: "123456" });
});

test("what was handed over too late is told, and one may begin again", async () => {
  const { asked } = shown({ [HANDOVER]: [problem(401, "sign_in_expired")] }, { handover: "once" });

  expect(await screen.findByText(/^Begin again with your password/)).toBeVisible();
  expect(screen.getByLabelText("Password")).toBeVisible();
  expect(countOf(asked, HANDOVER)).toBe(1);
});

test.each([
  ["provider_sign_in_cancelled", "The sign-in was cancelled at the provider."],
  ["identity_not_linked", /^No account here is linked to it/],
  ["<b>invented</b>", "Something went wrong."],
])("a refusal (%s) is told in plain words", async (error, words) => {
  shown({}, { error });

  expect(await screen.findByText(words)).toBeVisible();
});

test("what the address tells is read once and then gone from it, and nothing else is", () => {
  history.replaceState(null, "", "/sign-in?next=%2Ft%2F7#oidc_error=provider_sign_in_refused");

  const { result, rerender } = renderHook(useArrival);
  rerender();

  expect(result.current).toEqual({ error: "provider_sign_in_refused" });
  expect(location.href).toBe(`${location.origin}/sign-in?next=%2Ft%2F7`);
});
