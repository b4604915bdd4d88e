// Choosing a first password: offered to whoever has none, proved first, and where each refusal is told.
import { screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { countOf, problem, scriptedAccount } from "@/wire/scripted_account";
import { PasswordSection } from "./PasswordSection";

const PATH = "/api/auth/set-password";
const WITHOUT = {
  "/api/auth/setup": [{ body: { claimed: true, claim: "loopback", password_min_length: 8, has_refresh_token: true } }],
  "/api/auth/identities": [{ body: { identities: [], has_password: false } }],
};

afterEach(() => void vi.unstubAllGlobals());

async function choose(replies: Parameters<typeof scriptedAccount>[0][string], more = {}) {
  const asked = scriptedAccount({ ...WITHOUT, ...more, [PATH]: replies });
  const user = renderPart(<PasswordSection />);
  const button = await screen.findByRole("button", { name: "Choose a password" });
  await screen.findByText(/^At least 8 characters/);
  expect(screen.queryByLabelText("Current password")).toBeNull();
  await user.type(screen.getByLabelText("New password"), "seven orange boats");
  await user.click(button);
  return asked;
}

test("it is sent, and whether there is a password is asked again", async () => {
  const asked = await choose([{ status: 204 }]);

  await vi.waitFor(() => expect(countOf(asked, "/api/auth/identities")).toBeGreaterThan(1));
  expect(asked.find(({ path }) => path === PATH)?.body).toEqual({ new_password: "seven orange boats" });
});

test("where the last proof is old, another one is asked for first", async () => {
  const status = { enabled: true, confirmed_at: null, recovery_codes_left: 8, methods: ["totp"] };
  await choose([problem(401, "insufficient_user_authentication")], { "/api/auth/2fa/status": [{ body: status }] });

  expect(await screen.findByRole("dialog", { name: "Confirm that it is you" })).toBeVisible();
});

test("a password that the policy refuses is told at its field", async () => {
  await choose([problem(422, "password_refused")]);

  expect(await screen.findByText(/^This password is too short, too common/)).toBeVisible();
  expect(screen.getByLabelText("New password")).toHaveFocus();
});
