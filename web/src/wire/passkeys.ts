// The browser's side of passkeys. The library comes when one is used: nobody else should wait for it.
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/browser";
import { askForPasskey, enterWithPasskey, stepUp } from "./login";
import { Problem } from "./problems";
import { bodyOf, rest } from "./rest";
import type { PasskeyQuestion, SecondFactorNeeded } from "./types";

const library = () => import("@simplewebauthn/browser");
const RENEWED_MS = 4 * 60_000; // a challenge is good for five minutes

/** Whether passkeys can be used on this page, and if not, where (an origin) or why. */
export type PasskeysHere = "work" | "unsupported" | "nowhere" | { at: string };

/** Browsers tie passkeys to a name: a page at 127.0.0.1 has none, the same server's page at localhost has. */
export function passkeysHere(worksAt: string | null): PasskeysHere {
  if (worksAt === null) return "nowhere";
  if (worksAt !== location.origin) return { at: worksAt };
  return "PublicKeyCredential" in globalThis ? "work" : "unsupported";
}

const CODE_OF_ERROR: Record<string, string> = {
  NotAllowedError: "passkey_cancelled", // also after the time is over: browsers do not tell, so that pages learn nothing
  AbortError: "passkey_cancelled",
  InvalidStateError: "passkey_here_already",
  ConstraintError: "passkey_unsuitable",
  NotSupportedError: "passkey_unsuitable",
  SecurityError: "passkeys_impossible",
};

/** Do `work`; what the browser or the device refuses becomes a Problem. */
async function withDevice<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const name = thrown instanceof Error ? thrown.name : "";
    throw new Problem(CODE_OF_ERROR[name] ?? "passkey_failed", String(thrown), 0);
  }
}

type Options = PasskeyQuestion["options"];

let ceremonies = 0; // browsers hold one at a time: a new one ends the one before

/** Let the device make a passkey. Throws Problem. */
export async function newPasskey(options: Options): Promise<RegistrationResponseJSON> {
  const { startRegistration } = await library();
  const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  ceremonies += 1;
  return withDevice(() => startRegistration({ optionsJSON }));
}

async function usedPasskey(options: Options, useBrowserAutofill = false): Promise<AuthenticationResponseJSON> {
  const { startAuthentication } = await library();
  const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  ceremonies += 1;
  return withDevice(() => startAuthentication({ optionsJSON, useBrowserAutofill }));
}

/** Sign in with a passkey: alone, or as the second step. What comes back asks for one more. Throws Problem. */
export async function signInWithPasskey(mfa_token?: string): Promise<SecondFactorNeeded | undefined> {
  const step = mfa_token === undefined ? {} : { mfa_token };
  const { options } = await askForPasskey(step);
  return enterWithPasskey({ ...step, credential: await usedPasskey(options) });
}

/** Prove again by a passkey who one is. Throws Problem. */
export async function stepUpWithPasskey(): Promise<void> {
  const asJson = { headers: { "content-type": "application/json" } };
  const { options } = bodyOf(await rest.POST("/api/auth/passkeys/step-up/begin", asJson));
  await stepUp({ passkey: await usedPasskey(options) });
}

type Offer = {
  onMoreAsked: (needed: SecondFactorNeeded) => void;
  onProblem: (thrown: unknown) => void;
};

/**
 * Offer passkeys among the suggestions of the e-mail field, for as long as the page stays.
 *
 * Returns how to end it. Another use of a passkey ends it too. Nothing is said where the browser cannot.
 */
export function offerPasskeys({ onMoreAsked, onProblem }: Offer): () => void {
  let isOver = false;
  let own = 0;
  const offer = async () => {
    const { options } = await askForPasskey({});
    if (isOver) return;
    const offered = usedPasskey(options, true);
    await library();
    own = ceremonies;
    const credential = await offered;
    isOver = true;
    clearInterval(renewal);
    try {
      const needed = await enterWithPasskey({ credential });
      if (needed) onMoreAsked(needed);
    } catch (thrown) {
      onProblem(thrown);
    }
  };
  const begin = async () => {
    const { browserSupportsWebAuthnAutofill } = await library();
    if (isOver || !(await browserSupportsWebAuthnAutofill())) clearInterval(renewal);
    else await offer();
  };
  const quietly = () => void begin().catch(() => undefined); // an offer that is not taken is nobody's problem
  const renewal = setInterval(quietly, RENEWED_MS);
  quietly();
  return () => {
    if (isOver) return;
    isOver = true;
    clearInterval(renewal);
    void library().then(({ WebAuthnAbortService }) => own === ceremonies && WebAuthnAbortService.cancelCeremony());
  };
}
