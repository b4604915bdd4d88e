// What the first form asks for, in the reader's words; the server checks all of it again.
import { useLingui } from "@lingui/react/macro";
import * as v from "valibot";
import { usePasswordRule } from "./password_rule";

const EMAIL = /^[^@\s]+@[^@\s]+$/; // contracts/auth.py asks for no more either

export type Administrator = { display_name: string; email: string; password: string; code: string };

export function useAdministratorRules(shortest: number, needsCode: boolean) {
  const { t } = useLingui();
  return v.object({
    display_name: v.pipe(v.string(), v.trim(), v.nonEmpty(t`Enter a name.`)),
    email: v.pipe(
      v.string(),
      v.trim(),
      v.nonEmpty(t`Enter your e-mail address.`),
      v.regex(EMAIL, t`This is not an e-mail address.`),
    ),
    password: usePasswordRule(shortest),
    code: v.pipe(
      v.string(),
      v.trim(),
      v.check((code) => !needsCode || code !== "", t`Enter the set-up code.`),
    ),
  });
}
