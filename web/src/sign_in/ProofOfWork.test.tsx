// Signing in while the server asks for a proof of work: it is done without the person, who is told what they wait for.
import { screen, waitFor } from "@testing-library/react";
import { createChallenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/web/pbkdf2";
import type { Challenge } from "altcha-lib/types";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { useLogin } from "@/wire/login";
import { solve } from "@/wire/proof_of_work/solve";
import { GRANT, problem, scriptedAccount } from "@/wire/scripted_account";
import { SignInForm } from "./SignInForm";

const LOGIN = "/api/auth/login";
const ASKED = "One moment: this server is checking that you are not a robot.";
let ended: number;
let release: () => void;

/** A thread of the browser, which jsdom has not: runs what the worker's own file runs, once it is let. */
class Thread {
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  async postMessage(challenge: Challenge) {
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    await solve(challenge).then(
      (data) => this.onmessage?.({ data }),
      () => this.onerror?.(),
    );
  }
  terminate() {
    ended += 1;
  }
}

beforeEach(() => {
  ended = 0;
  vi.stubGlobal("Worker", Thread);
});
afterEach(() => vi.unstubAllGlobals());

async function challenge(): Promise<Challenge> {
  const options = { algorithm: "PBKDF2/SHA-256", cost: 2, counter: 7, hmacSignatureSecret: "secret", deriveKey };
  return createChallenge(options);
}

const asking = (body: Challenge | object) => {
  const { status, body: said } = problem(428, "proof_of_work_required", "…");
  return { status, body: { ...said, challenge: body } };
};

async function signIn(replies: Parameters<typeof scriptedAccount>[0]) {
  const asked = scriptedAccount(replies);
  useLogin.setState({ status: "signed-out", me: undefined });
  const user = renderPart(<SignInForm intro={{ password: "One", second: "Two" }} />);
  await user.type(screen.getByLabelText("E-mail address"), "ada@example.org");
  await user.type(screen.getByLabelText("Password"), "right{Enter}");
  return { asked, user };
}

test("the work is done beside the page, said while it lasts, and sent with the same password", async () => {
  const given = await challenge();
  const { asked } = await signIn({ [LOGIN]: [asking(given), { body: GRANT }] });

  expect(await screen.findByText(ASKED)).toBeVisible();
  release();
  await waitFor(() => expect(useLogin.getState().status).toBe("signed-in"));

  expect(screen.queryByText(ASKED)).toBeNull();
  expect(ended).toBe(1);
  const [first, second] = asked.filter(({ path }) => path === LOGIN).map(({ body }) => body ?? {});
  expect(first).toEqual({ email: "ada@example.org", password: "right" });
  expect(second).toEqual({ ...first, altcha: expect.any(String) });
  const proof = JSON.parse(atob(String(second?.altcha)));
  expect(proof).toEqual({
    challenge: given,
    solution: { counter: 7, derivedKey: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
});

test("a password that was wrong is wrong after the work too", async () => {
  const wrong = problem(401, "credentials_rejected");
  await signIn({ [LOGIN]: [asking(await challenge()), wrong] });

  await screen.findByText(ASKED);
  release();

  expect(await screen.findByText("The e-mail address or the password is wrong.")).toBeVisible();
  expect(screen.queryByText(ASKED)).toBeNull();
});

test.each([
  [
    "a challenge that cannot be solved",
    { parameters: { algorithm: "PBKDF2/SHA-256", keyPrefix: "zz", nonce: "", salt: "" } },
  ],
  ["a proof that is refused", undefined],
])("%s is told in plain words, once", async (_, broken) => {
  const refusal = asking(broken ?? (await challenge()));
  const { asked } = await signIn({ [LOGIN]: [refusal] });

  await screen.findByText(ASKED);
  release();

  expect(await screen.findByText(/^This server could not see that you are not a robot/)).toBeVisible();
  expect(asked.filter(({ path }) => path === LOGIN)).toHaveLength(broken ? 1 : 2);
  expect(ended).toBe(1);
});
