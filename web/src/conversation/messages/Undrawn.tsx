/** An answer that could not be drawn: its text as it was written, and a word about it. */
import { Trans } from "@lingui/react/macro";

export function Undrawn({ text }: { text: string }) {
  return (
    <div className="flex flex-col gap-2">
      <p dir="auto" className="whitespace-pre-wrap text-reading wrap-anywhere">
        {text}
      </p>
      <p role="note" className="text-muted text-sm">
        <Trans>This answer could not be drawn; this is its text as it was written.</Trans>
      </p>
    </div>
  );
}
