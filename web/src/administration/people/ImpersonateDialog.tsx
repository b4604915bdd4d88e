// Before looking at somebody's account: what that means, and the reason, which is kept and told.
import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { TextField } from "@/design";
import type { AdministeredPerson } from "@/wire";
import { useAdministrationActs } from "@/wire/administration";
import { beginLook } from "@/wire/impersonation";
import { ConfirmDialog } from "../ConfirmDialog";

const SHORTEST = 10;
const LONGEST = 500;

type ImpersonateDialogProps = { person: AdministeredPerson; onClose: () => void };

export function ImpersonateDialog({ person, onClose }: ImpersonateDialogProps) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { impersonate } = useAdministrationActs();
  const [reason, setReason] = useState("");
  const name = person.display_name;
  const begin = async () => {
    const begun = await impersonate(person.user_id, reason.trim());
    await navigate({ to: "/" }); // first: this page is not for the other person
    beginLook(begun);
  };
  return (
    <ConfirmDialog
      title={t`View Emergence as ${name}`}
      label={t`Begin`}
      isDisabled={reason.trim().length < SHORTEST}
      act={begin}
      onClose={onClose}
    >
      <p className="text-muted">
        <Trans>
          You see their conversations and settings for 15 minutes and change nothing. They are told that you did, and
          why; both stay in the audit log.
        </Trans>
      </p>
      <TextField
        label={t`Reason`}
        hint={t`At least ${SHORTEST} characters, for example the request that you answer.`}
        value={reason}
        onChange={setReason}
        maxLength={LONGEST}
        autoFocus
      />
    </ConfirmDialog>
  );
}
