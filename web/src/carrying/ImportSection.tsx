// A file of conversations that is brought: chosen, sent, and followed until it has been taken in.
import { Trans, useLingui } from "@lingui/react/macro";
import { useRef, useState } from "react";
import { Asked } from "@/app/Asked";
import { Button, InlineNotice } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { Section } from "@/settings/Section";
import { type Refusal, refusalOf } from "@/wire";
import { useImportFile, useImports } from "@/wire/carrying";
import { ImportResult } from "./ImportResult";
import { useFaultText } from "./import_faults";

export function ImportSection() {
  const { t } = useLingui();
  const imports = useImports();
  const send = useImportFile();
  const problemText = useProblemText();
  const faultText = useFaultText();
  const field = useRef<HTMLInputElement>(null);
  const [refusal, setRefusal] = useState<Refusal>();
  const [isSending, setSending] = useState(false);
  const latest = imports.data?.[0];
  const bring = async (file: File | undefined) => {
    if (file === undefined) return;
    setRefusal(undefined);
    setSending(true);
    try {
      await send(file);
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    } finally {
      setSending(false);
      if (field.current) field.current.value = ""; // the same file may be chosen again
    }
  };
  return (
    <Section
      title={t`Import`}
      description={t`Conversations that were exported from Emergence (JSON or ZIP), or from ChatGPT (its ZIP file, or the conversations.json in it). The same file twice makes nothing twice.`}
    >
      {refusal && (
        <InlineNotice tone="danger">
          <p>{refusal.reason ? t`This file cannot be imported.` : problemText(refusal)}</p>
          {refusal.reason && <p className="text-sm">{faultText({ fault: refusal.fault, reason: refusal.reason })}</p>}
        </InlineNotice>
      )}
      <input
        ref={field}
        type="file"
        accept=".json,.zip,application/json,application/zip"
        aria-label={t`File to import`}
        className="sr-only"
        tabIndex={-1}
        onChange={(event) => void bring(event.target.files?.[0])}
      />
      <Button
        className="self-start"
        isPending={isSending}
        isDisabled={latest?.state === "running"}
        onPress={() => field.current?.click()}
      >
        <Trans>Choose a file…</Trans>
      </Button>
      <Asked question={imports}>{(found) => found[0] && <ImportResult found={found[0]} />}</Asked>
    </Section>
  );
}
