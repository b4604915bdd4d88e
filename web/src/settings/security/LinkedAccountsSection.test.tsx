// Accounts elsewhere that sign one in: linked by leaving for the provider, unlinked after a question.
import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { scriptedPage } from "@/sign_in_providers/scripted_page";
import { countOf, GRANT, problem, scriptedAccount } from "@/wire/scripted_account";
import { LinkedAccountsSection } from "./LinkedAccountsSection";
import { PasswordSection } from "./PasswordSection";

const LIST = "/api/auth/identities";
const LINK = `POST ${LIST}`;
const BEGUN = { body: { location: "https://acme.example/" } };
const STEP_UP = "/api/auth/step-up";
const START = "/api/auth/oidc/acme/start";
const ACME = { id: "acme", label: "Acme" };
const ONE = {
  id: "i1",
  provider: "acme",
  label: "Acme",
  email: "ada@example.com",
  linked_at: "2026-11-20T10:00:00Z",
  last_used_at: null,
};
const setup = (...providers: object[]) => [{ body: { claimed: true, password_min_length: 8, providers } }];
const listed = (identities: object[], has_password = true) => ({ body: { identities, has_password } });
const NO_CODE = [{ body: { enabled: false, confirmed_at: null, recovery_codes_left: 0, methods: [] } }];

afterEach(() => {
  vi.unstubAllGlobals();
  history.replaceState(null, "", "/");
});

function shown(replies: Parameters<typeof scriptedAccount>[0], hash = "") {
  const left = scriptedPage(`/settings/security${hash}`);
  const asked = scriptedAccount({ "/api/auth/setup": setup(ACME), "/api/auth/2fa/status": NO_CODE, ...replies });
  return { asked, left, user: renderPart(<LinkedAccountsSection />) };
}

test("where there is no provider nothing is said of it", async () => {
  const { asked } = shown({ "/api/auth/setup": setup(), [LIST]: [listed([])] });

  await waitFor(() => expect(countOf(asked, LIST)).toBe(1));
  expect(screen.queryByText("Linked accounts")).toBeNull();
});

test("linking leaves for the provider", async () => {
  const { left, user } = shown({ [LIST]: [listed([])], [LINK]: [BEGUN] });

  await user.click(await screen.findByRole("button", { name: "Link an account of Acme" }));

  await waitFor(() => expect(left).toEqual(["https://acme.example/"]));
});

test("linking asks first who one is where that was long ago", async () => {
  const stale = problem(401, "insufficient_user_authentication");
  const { left, user, asked } = shown({
    [LIST]: [listed([])],
    [LINK]: [stale, BEGUN],
    [STEP_UP]: [{ body: GRANT }],
  });

  await user.click(await screen.findByRole("button", { name: "Link an account of Acme" }));
  await user.type(await screen.findByLabelText("Password"), "right{Enter}");

  await waitFor(() => expect(left).toEqual(["https://acme.example/"]));
  expect(countOf(asked, STEP_UP)).toBe(1);
});

test("one who has no password proves it at the provider", async () => {
  const { left, user, asked } = shown({
    [LIST]: [listed([ONE], false)],
    [`${LIST}/i1`]: [problem(401, "insufficient_user_authentication")],
    [START]: [{ body: { location: "https://acme.example/login" } }],
  });

  await user.click(await screen.findByRole("button", { name: "Unlink Acme" }));
  await user.click(screen.getByRole("button", { name: "Unlink" }));
  await user.click(await screen.findByRole("button", { name: "Continue with Acme" }));

  await waitFor(() => expect(left).toEqual(["https://acme.example/login"]));
  expect(asked.find(({ path }) => path === START)?.body).toEqual({ again: true, next: "/settings/security" });
  expect(screen.queryByLabelText("Password")).toBeNull();
});

test("an account is unlinked after a question", async () => {
  const { user, asked } = shown({ [LIST]: [listed([ONE]), listed([])], [`${LIST}/i1`]: [{ status: 204 }] });

  expect(await screen.findByText(/ada@example.com · Linked since/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Unlink Acme" }));
  expect(screen.getByRole("button", { name: "Cancel" })).toHaveFocus();
  expect(countOf(asked, `${LIST}/i1`)).toBe(0);
  await user.click(screen.getByRole("button", { name: "Unlink" }));

  await waitFor(() => expect(screen.queryByText(/ada@example.com/)).toBeNull());
});

test.each([
  ["#oidc_linked=acme", "You can now sign in with Acme."],
  ["#oidc_error=identity_taken", "It is linked to another account here already."],
])("how linking ended is told (%s)", async (hash, words) => {
  shown({ [LIST]: [listed([ONE])] }, hash);

  expect(await screen.findByText(words)).toBeVisible();
});

test("one who has no password is asked for none", async () => {
  scriptedAccount({ "/api/auth/setup": setup(ACME), [LIST]: [listed([ONE], false)] });
  renderPart(<PasswordSection />);

  expect(await screen.findByText(/^You have none\. With one you also sign in/)).toBeVisible();
  expect(screen.queryByLabelText("Current password")).toBeNull();
});
