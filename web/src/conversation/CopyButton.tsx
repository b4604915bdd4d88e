/** Copies a text to the clipboard and says so in place. */
import { useLingui } from "@lingui/react/macro";
import { CheckIcon, CopyIcon, IconButton } from "@/design";
import { useCopy } from "./use_copy";

interface CopyButtonProps {
  text: string;
  /** The accessible name. */
  label: string;
}

export function CopyButton({ text, label }: CopyButtonProps) {
  const { t } = useLingui();
  const { isCopied, copy } = useCopy(text);
  return (
    <IconButton size="sm" label={isCopied ? t`Copied` : label} onPress={() => void copy()}>
      {isCopied ? <CheckIcon className="size-4 text-success" /> : <CopyIcon className="size-4" />}
    </IconButton>
  );
}
