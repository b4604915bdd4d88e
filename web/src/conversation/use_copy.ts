// Copying a text to the clipboard, and knowing for a moment that it was.
import { useLingui } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import { notify } from "@/design";

const CONFIRMED_MS = 1600;

export function useCopy(text: string): { isCopied: boolean; copy: () => Promise<void> } {
  const { t } = useLingui();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), CONFIRMED_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // Refused by the browser (no permission, or a page without a secure origin).
      notify({ title: t`The browser did not allow copying. Select the text instead.`, tone: "danger" });
    }
  };
  return { isCopied, copy };
}
