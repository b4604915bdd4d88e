// The log as a file, and the proof that it is as it was written.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Button, InlineNotice, notify } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { saveText } from "@/settings/security/save_text";
import { type AuditVerification, refusalOf } from "@/wire";
import { type AuditSearch, useAdministrationActs } from "@/wire/administration";

export function AuditTools({ search }: { search: AuditSearch }) {
  const { t } = useLingui();
  const problemText = useProblemText();
  const { verifyAudit, exportAudit } = useAdministrationActs();
  const [found, setFound] = useState<AuditVerification>();
  const [pending, setPending] = useState<"verify" | "export">();
  const run = async (what: "verify" | "export", work: () => Promise<void>) => {
    setPending(what);
    try {
      await work();
    } catch (thrown) {
      notify({ title: t`That did not work`, detail: problemText(refusalOf(thrown)), tone: "danger" });
    } finally {
      setPending(undefined);
    }
  };
  const verify = async () => setFound(await verifyAudit());
  const save = async () => saveText(`audit-${new Date().toISOString().slice(0, 10)}.jsonl`, await exportAudit(search));
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        <Button isPending={pending === "verify"} onPress={() => void run("verify", verify)}>
          <Trans>Check the log</Trans>
        </Button>
        <Button isPending={pending === "export"} onPress={() => void run("export", save)}>
          <Trans>Save what is shown as a file</Trans>
        </Button>
      </div>
      {found && <Verified found={found} />}
    </div>
  );
}

function Verified({ found: { rows, broken_at } }: { found: AuditVerification }) {
  if (broken_at === null) {
    return (
      <InlineNotice tone="success">
        {plural(rows, {
          one: "The log is as it was written: # entry.",
          other: "The log is as it was written: # entries.",
        })}
      </InlineNotice>
    );
  }
  return (
    <InlineNotice tone="danger">
      <Trans>Entry {broken_at} is not as it was written. Somebody changed the database behind the server’s back.</Trans>
    </InlineNotice>
  );
}
