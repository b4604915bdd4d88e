// Ten recovery codes, shown this once: copy, save or print them, and say so before they go.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useCopy } from "@/conversation/use_copy";
import { Button, Checkbox, InlineNotice } from "@/design";
import { useMe } from "@/wire";
import { saveText } from "./save_text";

const FILE = "emergence-recovery-codes.txt";

export function RecoveryCodes({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  const { t } = useLingui();
  const who = useMe()?.email ?? "";
  const [isKept, setKept] = useState(false);
  const title = t`Recovery codes for Emergence`;
  const text = `${[title, `${who} · ${location.host}`, "", ...codes].join("\n")}\n`;
  const { isCopied, copy } = useCopy(text);
  return (
    <>
      <InlineNotice tone="warning">
        <Trans>Each signs you in once when your phone is not at hand. They are never shown again.</Trans>
      </InlineNotice>
      <div
        data-printed
        className="rounded-lg bg-hover px-3.5 py-3 print:visible print:fixed print:inset-0 print:rounded-none print:bg-white print:text-black"
      >
        <p className="hidden print:block">{title}</p>
        <p className="mb-3 hidden print:block">
          {who} · {location.host}
        </p>
        <ul aria-label={t`Recovery codes`} className="flex flex-col gap-1">
          {codes.map((code) => (
            <li key={code}>
              <code className="whitespace-nowrap text-sm">{code}</code>
            </li>
          ))}
        </ul>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button size="sm" autoFocus onPress={() => void copy()}>
          {isCopied ? <Trans>Copied</Trans> : <Trans>Copy</Trans>}
        </Button>
        <Button size="sm" onPress={() => saveText(FILE, text)}>
          <Trans>Download</Trans>
        </Button>
        <Button size="sm" onPress={() => print()}>
          <Trans>Print</Trans>
        </Button>
      </div>
      <Checkbox isSelected={isKept} onChange={setKept}>
        <Trans>I have kept them</Trans>
      </Checkbox>
      <Button variant="primary" size="lg" isDisabled={!isKept} onPress={onKept}>
        <Trans>Done</Trans>
      </Button>
    </>
  );
}
