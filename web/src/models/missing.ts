// What keeps a provider from being used, in the reader's words; the server says it in English.
import { useLingui } from "@lingui/react/macro";
import type { ProviderState } from "@/wire";

/** A function from a provider to what is missing, or null when nothing is, or when it only waits for a key. */
export function useMissing(): (state: ProviderState) => string | null {
  const { t } = useLingui();
  return ({ provider, state, source }) => {
    if (state === "ready") return null;
    if (provider === "builtin") {
      return state === "unavailable" ? t`It does not run on this server.` : t`It is switched off on this server.`;
    }
    if (state === "not_configured") return null;
    if (source === "administrator") return t`The stored key cannot be read any more. Enter it again.`;
    return t`The server’s environment gives an address, but no model.`;
  };
}
