// What a key or address form asks for, in the reader's words.
import { useLingui } from "@lingui/react/macro";
import * as v from "valibot";

export type ProviderFields = { api_key: string; base_url: string; model: string };

/** A server at an address needs it and a model's name, and may do without a key; the others need a key only. */
export function useProviderRules(isAddress: boolean) {
  const { t } = useLingui();
  const isHttp = (address: string) => !isAddress || /^https?:\/\/./.test(address);
  return v.object({
    api_key: v.pipe(
      v.string(),
      v.trim(),
      v.check((key) => isAddress || key !== "", t`Paste a key.`),
    ),
    base_url: v.pipe(v.string(), v.trim(), v.check(isHttp, t`An address begins with http:// or https://.`)),
    model: v.pipe(
      v.string(),
      v.trim(),
      v.check((name) => !isAddress || name !== "", t`Enter the name of a model that this server offers.`),
    ),
  });
}
