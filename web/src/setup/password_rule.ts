// What a new password has to be, wherever one is chosen; the server's policy decides.
import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import * as v from "valibot";

/** Lengths are code points, as the server counts them. Passwords are taken exactly as typed. */
export function usePasswordRule(shortest: number) {
  const { t } = useLingui();
  return v.pipe(
    v.string(),
    v.nonEmpty(t`Choose a password.`),
    v.check(
      (password) => [...password].length >= shortest,
      plural(shortest, { one: "Use at least # character.", other: "Use at least # characters." }),
    ),
  );
}
