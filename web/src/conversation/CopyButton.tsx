/** Copies a text to the clipboard and says so in place. */
import { useLingui } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import { CheckIcon, CopyIcon, IconButton, notify } from "@/design";

const CONFIRMED_MS = 1600;

interface CopyButtonProps {
  text: string;
  /** The accessible name. */
  label: string;
}

export function CopyButton({ text, label }: CopyButtonProps) {
  const { t } = useLingui();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), CONFIRMED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // Refused by the browser (no permission, or a page without a secure origin).
      notify({ title: t`The browser did not allow copying. Select the text instead.`, tone: "danger" });
    }
  };
  return (
    <IconButton size="sm" label={copied ? t`Copied` : label} onPress={() => void copy()}>
      {copied ? <CheckIcon className="size-4 text-success" /> : <CopyIcon className="size-4" />}
    </IconButton>
  );
}
