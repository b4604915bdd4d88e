// The first form of the first run.
import { screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { AdministratorStep } from "./AdministratorStep";
import { passwordStrength } from "./password_strength";
import { isFirstRunOpen } from "./progress";

const GOOD_PASSWORD = "seven orange boats";
let claim: "loopback" | "code";
let sent: Record<string, unknown> | undefined;
let refusal: { status: number; code: string; detail: string } | undefined;

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

/** The server's side of `/api/auth/setup`. */
async function answer(input: string | Request, init?: RequestInit): Promise<Response> {
  if (typeof input !== "string") return json(200, { claimed: false, claim, password_min_length: 15 });
  sent = JSON.parse(String(init?.body)) as Record<string, unknown>;
  if (refusal) return json(refusal.status, refusal);
  const me = { user_id: "u1", role: "admin", email: sent.email, display_name: sent.display_name };
  return json(200, { access_token: "t", expires_in: 300, ...me });
}

beforeEach(() => {
  claim = "loopback";
  sent = undefined;
  refusal = undefined;
  localStorage.clear();
  vi.stubGlobal("fetch", answer);
});
afterEach(() => void vi.unstubAllGlobals());

async function fillAndSubmit(password = GOOD_PASSWORD) {
  const user = renderPart(<AdministratorStep />);
  await screen.findByText(/At least 15 characters/);
  await user.type(screen.getByLabelText("Your name"), "Ada");
  await user.type(screen.getByLabelText("E-mail address"), " ada@example.org ");
  await user.type(screen.getByLabelText("Password"), password);
  if (claim === "code") await user.type(screen.getByLabelText("Set-up code"), "1234-5678");
  await user.click(screen.getByRole("button", { name: "Create administrator" }));
}

test("the administrator is created and the first run goes on", async () => {
  await fillAndSubmit();

  await waitFor(() => expect(isFirstRunOpen()).toBe(true));
  expect(sent).toEqual({ display_name: "Ada", email: "ada@example.org", password: GOOD_PASSWORD });
});

test("a short password is not sent", async () => {
  await fillAndSubmit("short");

  expect(await screen.findByText("Use at least 15 characters.")).toBeVisible();
  expect(screen.getByLabelText("Password")).toBeInvalid();
  expect(sent).toBeUndefined();
});

test("a server that listens wider asks for the printed code", async () => {
  claim = "code";
  refusal = { status: 403, code: "setup_code_rejected", detail: "wrong" };

  await fillAndSubmit();

  expect(sent).toMatchObject({ code: "1234-5678" });
  expect(await screen.findByText(/The set-up code is wrong/)).toBeVisible();
  expect(isFirstRunOpen()).toBe(false);
});

test("strength counts characters as people do and sees repetition", () => {
  expect(passwordStrength("short", 15)).toBe(0);
  expect(passwordStrength("abcabcabcabcabcabc", 15)).toBe(1);
  expect(passwordStrength("seven orange bo", 15)).toBe(2);
  expect(passwordStrength("seven orange boats drift", 15)).toBe(3);
  expect(passwordStrength("😀😁😂🤣😃😄😅", 15)).toBe(0);
});
