// The own address in the settings: its state, confirming it, and changing it after a proof.
import { screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { countOf, GRANT, problem, scriptedAccount } from "@/wire/scripted_account";
import { EmailSection } from "./EmailSection";

const VERIFY = "/api/auth/verify-email/request";
const CHANGE = "/api/auth/email/change";
const ASKED = { status: 202, body: { expires_in: 86_400 } };

afterEach(() => void vi.unstubAllGlobals());

function show(state: object, replies: Parameters<typeof scriptedAccount>[0] = {}, mail = true) {
  const setup = { claimed: true, claim: "code", password_min_length: 8, has_refresh_token: true, mail };
  const asked = scriptedAccount({
    "/api/auth/email": [{ body: state }],
    "/api/auth/setup": [{ body: setup }],
    ...replies,
  });
  return { asked, user: renderPart(<EmailSection />) };
}

test("an address that is not confirmed can be", async () => {
  const { asked, user } = show({ email: "ada@example.org", verified_at: null }, { [VERIFY]: [ASKED] });

  expect(await screen.findByText("Not confirmed")).toBeVisible();
  await user.click(await screen.findByRole("button", { name: "Send a link to confirm it" }));

  expect(await screen.findByText(/^A link is on its way to ada@example.org/)).toBeVisible();
  expect(countOf(asked, VERIFY)).toBe(1);
});

test("a change asks who one is, then waits for the new address", async () => {
  const stale = problem(401, "insufficient_user_authentication");
  const { asked, user } = show(
    { email: "ada@example.org", verified_at: "2026-11-22T12:00:00Z" },
    {
      [CHANGE]: [stale, ASKED],
      "/api/auth/step-up": [{ body: GRANT }],
      "/api/auth/2fa/status": [{ body: { enabled: false, confirmed_at: null, recovery_codes_left: 0, methods: [] } }],
    },
  );

  expect(await screen.findByText("Confirmed")).toBeVisible();
  await user.type(await screen.findByLabelText("New e-mail address"), "new@example.org{Enter}");
  await user.type(await screen.findByLabelText("Password"), "right{Enter}");

  expect(await screen.findByText(/^A link is on its way to new@example.org/)).toBeVisible();
  expect(asked.filter(({ path }) => path === CHANGE).at(-1)?.body).toEqual({ email: "new@example.org" });
});

test("a server without mail says so", async () => {
  show({ email: "ada@example.org", verified_at: null }, {}, false);

  expect(await screen.findByText(/^This server sends no mail/)).toBeVisible();
  expect(screen.queryByRole("button")).toBeNull();
});

test("somebody without an address sees that", async () => {
  show({ email: null, verified_at: null });

  expect(await screen.findByText("Your account has no e-mail address.")).toBeVisible();
});
