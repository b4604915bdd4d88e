// Before somebody's data is taken for them: what that means, and the reason, which is kept and told.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { TextField } from "@/design";
import type { AdministeredPerson } from "@/wire";
import { useAdministrationActs } from "@/wire/administration";
import { ConfirmDialog } from "../ConfirmDialog";

const LONGEST = 500;

type ExportDialogProps = { person: AdministeredPerson; onClose: () => void };

export function ExportDialog({ person, onClose }: ExportDialogProps) {
  const { t } = useLingui();
  const { beginExportOf } = useAdministrationActs();
  const [reason, setReason] = useState("");
  const name = person.display_name;
  return (
    <ConfirmDialog
      title={t`Export the data of ${name}`}
      label={t`Begin`}
      isDisabled={reason.trim() === ""}
      act={() => beginExportOf(person.user_id, reason.trim())}
      onClose={onClose}
    >
      <p className="text-muted">
        <Trans>
          Everything that is kept of them goes into one file. They are told that you asked for it, and why, and each
          time that it is downloaded; all of it stays in the audit log.
        </Trans>
      </p>
      <TextField
        label={t`Reason`}
        hint={t`For example the request that you answer.`}
        value={reason}
        onChange={setReason}
        maxLength={LONGEST}
        autoFocus
      />
    </ConfirmDialog>
  );
}
