// A request that wants a fresh proof: asked for once, then repeated.
import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { countOf, GRANT, problem, scriptedAccount } from "@/wire/scripted_account";
import { useSecurityActs } from "@/wire/security";
import { useStepUp } from "./step_up";

const CODES = "/api/auth/2fa/recovery-codes";
const STEP_UP = "/api/auth/step-up";
const STALE = problem(401, "insufficient_user_authentication");
const status = (enabled: boolean) => [
  { body: { enabled, confirmed_at: null, recovery_codes_left: 0, methods: enabled ? ["totp", "recovery_code"] : [] } },
];

afterEach(() => void vi.unstubAllGlobals());

function Part({ onEnd }: { onEnd: (outcome: unknown) => void }) {
  const { proved, question } = useStepUp();
  const { renewRecoveryCodes } = useSecurityActs();
  return (
    <>
      <button type="button" onClick={() => void proved(renewRecoveryCodes).then(onEnd, onEnd)}>
        Go
      </button>
      {question}
    </>
  );
}

function begin() {
  const onEnd = vi.fn();
  const user = renderPart(<Part onEnd={onEnd} />);
  return { user, onEnd };
}

test("the password is asked for without a second factor, and what was asked is done", async () => {
  const asked = scriptedAccount({
    [CODES]: [STALE, { body: { codes: ["A"] } }],
    [STEP_UP]: [problem(401, "credentials_rejected"), { body: GRANT }],
    "/api/auth/2fa/status": status(false),
  });
  const { user, onEnd } = begin();

  await user.click(screen.getByRole("button", { name: "Go" }));
  await user.type(await screen.findByLabelText("Password"), "not this{Enter}");
  expect(await screen.findByText("The password is wrong.")).toBeVisible();
  expect(countOf(asked, STEP_UP)).toBe(1); // a wrong guess is not sent twice
  await user.type(screen.getByLabelText("Password"), "!{Enter}");

  await waitFor(() => expect(onEnd).toHaveBeenCalledWith({ answer: ["A"] }));
  expect(asked.filter(({ path }) => path === STEP_UP).at(-1)?.body).toEqual({ password: "not this!" });
  expect(countOf(asked, CODES)).toBe(2);
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("a code is asked for where a second factor is set", async () => {
  const asked = scriptedAccount({
    [CODES]: [STALE, { body: { codes: ["A"] } }],
    [STEP_UP]: [{ body: GRANT }],
    "/api/auth/2fa/status": status(true),
  });
  const { user, onEnd } = begin();

  await user.click(screen.getByRole("button", { name: "Go" }));
  await user.type(await screen.findByLabelText("Six-digit code"), "123456");

  await waitFor(() => expect(onEnd).toHaveBeenCalledWith({ answer: ["A"] }));
  expect(asked.find(({ path }) => path === STEP_UP)?.body).toEqual({ code: "123456" });
});

test("a code is asked for where the session is older than the factor", async () => {
  const short = { status: 401, body: { code: "insufficient_user_authentication", acr_values: "2", max_age: 600 } };
  scriptedAccount({
    [CODES]: [short, { body: { codes: ["A"] } }],
    [STEP_UP]: [{ body: GRANT }],
    "/api/auth/2fa/status": status(true),
  });
  const { user, onEnd } = begin();

  await user.click(screen.getByRole("button", { name: "Go" }));
  await user.type(await screen.findByLabelText("Six-digit code"), "123456");

  await waitFor(() => expect(onEnd).toHaveBeenCalledWith({ answer: ["A"] }));
});

test("where two factors are asked for and one is to be set up first, no password is asked for", async () => {
  const short = { status: 401, body: { code: "insufficient_user_authentication", acr_values: "2" } };
  scriptedAccount({ [CODES]: [short], "/api/auth/2fa/status": status(false) });
  const { user, onEnd } = begin();

  await user.click(screen.getByRole("button", { name: "Go" }));

  await waitFor(() => expect(onEnd).toHaveBeenCalledWith(expect.objectContaining({ code: short.body.code })));
  expect(screen.queryByRole("dialog")).toBeNull();
});

test.each(["Cancel", "Escape"])("somebody who would rather not (%s) changes nothing", async (way) => {
  const asked = scriptedAccount({ [CODES]: [STALE], "/api/auth/2fa/status": status(false) });
  const { user, onEnd } = begin();
  await user.click(screen.getByRole("button", { name: "Go" }));
  await screen.findByLabelText("Password");

  if (way === "Escape") await user.keyboard("{Escape}");
  else await user.click(screen.getByRole("button", { name: "Cancel" }));

  await waitFor(() => expect(onEnd).toHaveBeenCalledWith(undefined));
  expect(countOf(asked, CODES)).toBe(1);
});

test("any other refusal is the caller's", async () => {
  scriptedAccount({ [CODES]: [problem(503, "sign_in_busy")] });
  const { user, onEnd } = begin();

  await user.click(screen.getByRole("button", { name: "Go" }));

  await waitFor(() => expect(onEnd).toHaveBeenCalledWith(expect.objectContaining({ code: "sign_in_busy" })));
});
