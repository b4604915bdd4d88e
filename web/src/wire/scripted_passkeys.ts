// For tests: a browser whose device has passkeys, or refuses; what it was asked is kept.
import { vi } from "vitest";

const bytes = (text: string) => new TextEncoder().encode(text).buffer;

type Device = {
  create: ReturnType<typeof vi.fn>;
  get: ReturnType<typeof vi.fn>;
};

const noSuggestions = async () => false; // one would hang in the air for as long as a test lasts
const Credential = Object.assign(() => undefined, { isConditionalMediationAvailable: noSuggestions });

/** Give the page a device that makes and uses passkeys at once; a test lets it refuse by `mockRejectedValueOnce`. */
export function scriptedPasskeys(): Device {
  const part = { id: "AAAA", rawId: bytes("raw"), type: "public-key", getClientExtensionResults: () => ({}) };
  const made = { clientDataJSON: bytes("made"), attestationObject: bytes("object"), getTransports: () => ["internal"] };
  const used = { clientDataJSON: bytes("used"), authenticatorData: bytes("data"), signature: bytes("signature") };
  const device = {
    create: vi.fn(async () => ({ ...part, response: made })),
    get: vi.fn(async () => ({ ...part, response: { ...used, userHandle: bytes("handle") } })),
  };
  vi.stubGlobal("PublicKeyCredential", Credential);
  Object.defineProperty(navigator, "credentials", { configurable: true, value: device });
  return device;
}

/** What the server asks of a device. */
export const QUESTION = {
  body: {
    options: {
      challenge: "Y2hhbGxlbmdl",
      rp: { id: "localhost", name: "Emergence" },
      rpId: "localhost",
      user: { id: "aGFuZGxl", name: "ada", displayName: "Ada" },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }],
      excludeCredentials: [],
      allowCredentials: [],
    },
  },
};

export const refusedByDevice = (name: string): Error => Object.assign(new Error("refused"), { name });

/** The server's word on where passkeys work. */
export const setupAt = (passkeys_at: string | null) => ({
  "/api/auth/setup": [
    { body: { claimed: true, claim: "loopback", password_min_length: 8, has_refresh_token: false, passkeys_at } },
  ],
});
