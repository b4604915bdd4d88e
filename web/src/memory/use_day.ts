// Days as the reader writes them.
import { useLingui } from "@lingui/react/macro";
import { useCallback } from "react";

export function useDay(): (moment: string) => string {
  const { i18n } = useLingui();
  return useCallback((moment) => i18n.date(new Date(moment), { dateStyle: "long" }), [i18n]);
}
