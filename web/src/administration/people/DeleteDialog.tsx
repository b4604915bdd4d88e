// The end of somebody's account: what happens, when, and their address to type, so that no slip of the hand does it.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { notify, TextField } from "@/design";
import type { AdministeredPerson } from "@/wire";
import { useAdministrationActs } from "@/wire/administration";
import { ConfirmDialog } from "../ConfirmDialog";

type DeleteDialogProps = { person: AdministeredPerson; onClose: () => void };

export function DeleteDialog({ person, onClose }: DeleteDialogProps) {
  const { t, i18n } = useLingui();
  const { deleteAccountOf } = useAdministrationActs();
  const [typed, setTyped] = useState("");
  const name = person.display_name;
  const asked = person.email ?? name;
  const shut = async () => {
    const day = i18n.date(new Date(await deleteAccountOf(person.user_id)), { dateStyle: "full" });
    notify({ title: t`The account of ${name} is closed`, detail: t`It will be deleted on ${day}.` });
  };
  return (
    <ConfirmDialog
      title={t`Delete the account of ${name}?`}
      label={t`Delete the account`}
      isDangerous
      isDisabled={typed.trim().toLowerCase() !== asked.trim().toLowerCase()}
      act={shut}
      onClose={onClose}
    >
      <ul className="flex list-disc flex-col gap-1.5 pl-5 text-muted">
        <li>
          <Trans>They are signed out everywhere, now, and cannot sign in.</Trans>
        </li>
        <li>
          <Trans>For a week an administrator can keep the account; they cannot.</Trans>
        </li>
        <li>
          <Trans>Then it is deleted with every conversation, and nobody can bring it back.</Trans>
        </li>
      </ul>
      <TextField
        label={t`Type “${asked}” to confirm`}
        value={typed}
        onChange={setTyped}
        autoComplete="off"
        spellCheck="false"
        autoFocus
      />
    </ConfirmDialog>
  );
}
