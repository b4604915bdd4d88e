/** What is so now in the place of what was said: corrected, said otherwise, or put into other words. */
import { Trans, useLingui } from "@lingui/react/macro";
import type { KeptWords } from "@/wire/remembering";

export function SoNow({ how, text }: KeptWords["since"][number]) {
  const { t } = useLingui();
  const words = t`“${text}”`;
  return (
    <p className="wrap-anywhere">
      {how === "corrected" && <Trans>You corrected it: {words}</Trans>}
      {how === "changed" && <Trans>It is so no longer: {words}</Trans>}
      {how === "edited" && <Trans>Put later as {words}</Trans>}
    </p>
  );
}
