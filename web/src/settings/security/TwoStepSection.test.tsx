// Two-step sign-in from off to on, new codes, and off again.
import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { countOf, GRANT, problem, scriptedAccount } from "@/wire/scripted_account";
import { TwoStepSection } from "./TwoStepSection";

const STATUS = "/api/auth/2fa/status";
const VERIFY = "/api/auth/2fa/verify";
const DISABLE = "/api/auth/2fa/disable";
const CODES = Array.from({ length: 10 }, (_, place) => `${"ABCDEFGHJK"[place]}-AAAA-BBBB-CCCC-DDDD`);
const SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const ENROLMENT = { body: { secret: SECRET, otpauth_uri: `otpauth://totp/Emergence:ada?secret=${SECRET}` } };
const off = { body: { enabled: false, confirmed_at: null, recovery_codes_left: 0, methods: [] } };
const on = (recovery_codes_left = 10) => ({
  body: {
    enabled: true,
    confirmed_at: "2026-11-20T10:00:00Z",
    recovery_codes_left,
    methods: ["totp", "recovery_code"],
  },
});

afterEach(() => void vi.unstubAllGlobals());

function shown(replies: Parameters<typeof scriptedAccount>[0]) {
  const asked = scriptedAccount(replies);
  return { asked, user: renderPart(<TwoStepSection />) };
}

test("set up: the secret, the first code, and the recovery codes, which have to be kept", async () => {
  const { asked, user } = shown({
    [STATUS]: [off, on()],
    "/api/auth/2fa/enable": [ENROLMENT],
    [VERIFY]: [problem(401, "code_rejected"), { body: { codes: CODES } }],
  });

  await user.click(await screen.findByRole("button", { name: "Set up two-step sign-in" }));
  expect(await screen.findByRole("img", { name: "QR code for your authenticator app" })).toBeVisible();
  expect(screen.getByText("JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Continue" }));
  expect(screen.getByLabelText("Six-digit code")).toHaveFocus();
  await user.keyboard("111111");
  expect(await screen.findByText("This code is wrong, or was used before.")).toBeVisible();
  await user.keyboard("222222");

  const list = await screen.findByRole("list", { name: "Recovery codes" });
  expect([...list.children].map((item) => item.textContent)).toEqual(CODES);
  await user.keyboard("{Escape}"); // does not lose them
  expect(screen.getByRole("button", { name: "Done" })).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "Copy" }));
  expect(await navigator.clipboard.readText()).toContain(CODES.join("\n"));
  await user.click(screen.getByRole("checkbox", { name: "I have kept them" }));
  await user.click(screen.getByRole("button", { name: "Done" }));

  expect(await screen.findByText(/^On since/)).toBeVisible();
  expect(countOf(asked, VERIFY)).toBe(2);
});

test("who takes long over it confirms who they are, and nothing has to be done again", async () => {
  const stale = problem(401, "insufficient_user_authentication");
  const { asked, user } = shown({
    [STATUS]: [off],
    "/api/auth/2fa/enable": [stale, ENROLMENT],
    [VERIFY]: [stale, { body: { codes: CODES } }],
    "/api/auth/step-up": [{ body: GRANT }],
  });

  await user.click(await screen.findByRole("button", { name: "Set up two-step sign-in" }));
  await user.type(await screen.findByLabelText("Password"), "right{Enter}");
  await user.click(await screen.findByRole("button", { name: "Continue" }));
  await user.keyboard("222222");
  await user.type(await screen.findByLabelText("Password"), "right{Enter}");

  expect(await screen.findByRole("list", { name: "Recovery codes" })).toBeVisible();
  expect(asked.filter(({ path }) => path === VERIFY).map(({ body }) => body)).toEqual([
    { code: "222222" },
    { code: "222222" },
  ]);
});

test("few codes left are warned of, and new ones take their place", async () => {
  const renewal = "/api/auth/2fa/recovery-codes";
  const { user } = shown({ [STATUS]: [on(3), on()], [renewal]: [{ body: { codes: CODES } }] });

  expect(await screen.findByText("3 recovery codes are left.")).toBeVisible();
  expect(screen.getByText(/^Make new recovery codes before they run out/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "New recovery codes" }));
  await user.click(screen.getByRole("button", { name: "Make new codes" }));
  await user.click(await screen.findByRole("checkbox", { name: "I have kept them" }));
  await user.click(screen.getByRole("button", { name: "Done" }));

  expect(await screen.findByText("10 recovery codes are left.")).toBeVisible();
  expect(screen.queryByText(/^Make new recovery codes/)).toBeNull();
});

test("removing it with a fresh sign-in takes one code", async () => {
  const { asked, user } = shown({ [STATUS]: [on(), off], [DISABLE]: [{ status: 204 }] });

  await user.click(await screen.findByRole("button", { name: "Remove two-step sign-in" }));
  await user.keyboard("123456");

  expect(await screen.findByRole("button", { name: "Set up two-step sign-in" })).toBeVisible();
  expect(asked.find(({ path }) => path === DISABLE)?.body).toEqual({ code: "123456" });
});

test("after a while the code is the proof that is asked for, and another one has to follow", async () => {
  const stale = problem(401, "insufficient_user_authentication");
  const { asked, user } = shown({
    [STATUS]: [on()],
    [DISABLE]: [stale, { status: 204 }],
    "/api/auth/step-up": [{ body: GRANT }],
  });

  await user.click(await screen.findByRole("button", { name: "Remove two-step sign-in" }));
  await user.keyboard("123456");
  expect(await screen.findByText(/One more code, please/)).toBeVisible();
  expect(screen.getByLabelText("Six-digit code")).toHaveFocus();
  await user.keyboard("654321");

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked.find(({ path }) => path === "/api/auth/step-up")?.body).toEqual({ code: "123456" });
  expect(asked.filter(({ path }) => path === DISABLE).at(-1)?.body).toEqual({ code: "654321" });
});

test("a state that cannot be read can be asked for again", async () => {
  const { user } = shown({ [STATUS]: [problem(503, "unavailable"), off] });

  await user.click(await screen.findByRole("button", { name: "Try again" }));

  expect(await screen.findByRole("button", { name: "Set up two-step sign-in" })).toBeVisible();
});
