// The first form of the first run.
import { screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import type { SetupState } from "@/wire";
import { AdministratorStep } from "./AdministratorStep";
import { passwordStrength } from "./password_strength";
import { isFirstRunOpen } from "./progress";

const GOOD_PASSWORD = "seven orange boats";
let shortest: number;
let claim: "loopback" | "code";
let sent: Record<string, unknown> | undefined;
let refusal: { status: number; code: string; detail: string } | undefined;

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

/** The server's side of `/api/auth/setup`. */
async function answer(input: string | Request, init?: RequestInit): Promise<Response> {
  if (typeof input !== "string")
    return json(200, {
      claimed: false,
      claim,
      password_min_length: shortest,
      has_refresh_token: false,
      passkeys_at: null,
      mail: false,
      signup: "closed" as const,
      providers: [],
    } satisfies SetupState);
  sent = JSON.parse(String(init?.body)) as Record<string, unknown>;
  if (refusal) return json(refusal.status, refusal);
  const me = { user_id: "u1", role: "admin", email: sent.email, display_name: sent.display_name };
  return json(200, { access_token: "t", expires_in: 300, ...me });
}

beforeEach(() => {
  shortest = 8; // on one’s own machine; a server in production says 15
  claim = "loopback";
  sent = undefined;
  refusal = undefined;
  localStorage.clear();
  vi.stubGlobal("fetch", answer);
});
afterEach(() => void vi.unstubAllGlobals());

async function fillAndSubmit(password = GOOD_PASSWORD) {
  const user = renderPart(<AdministratorStep />);
  await screen.findByText(new RegExp(`At least ${shortest} characters`));
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

test.each([8, 15])("a password under the server's minimum of %i is not sent", async (minimum) => {
  shortest = minimum;

  await fillAndSubmit("x7 é🙂 quick brown foxes".slice(0, minimum)); // an emoji is two UTF-16 units, one character

  expect(await screen.findByText(`Use at least ${minimum} characters.`)).toBeVisible();
  expect(screen.getByLabelText("Password")).toBeInvalid();
  expect(sent).toBeUndefined();
});

test("a password of just the minimum is sent", async () => {
  await fillAndSubmit("x7 é🙂 qu");

  await waitFor(() => expect(sent).toMatchObject({ password: "x7 é🙂 qu" }));
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
