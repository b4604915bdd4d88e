// Giving somebody another role.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { notify, Segments } from "@/design";
import type { AdministeredPerson } from "@/wire";
import { useAdministrationActs } from "@/wire/administration";
import { ConfirmDialog } from "../ConfirmDialog";
import { useRoleNames } from "./role_names";

type RoleDialogProps = { person: AdministeredPerson; onClose: () => void };

export function RoleDialog({ person, onClose }: RoleDialogProps) {
  const { t } = useLingui();
  const { setRole } = useAdministrationActs();
  const roles = useRoleNames();
  const [role, choose] = useState(person.role);
  const name = person.display_name;
  return (
    <ConfirmDialog
      title={t`Change the role of ${name}`}
      label={t`Change role`}
      isDisabled={role === person.role}
      act={() => setRole(person.user_id, role)}
      onDone={() => notify({ title: t`${name} has another role: ${roles[role]}` })}
      onClose={onClose}
    >
      <Segments
        label={t`Role`}
        value={role}
        onChange={choose}
        options={(["guest", "member", "admin"] as const).map((id) => ({ id, label: roles[id] }))}
      />
      <p className="text-muted">
        <Trans>All their sessions end: they sign in again, and then have the new role.</Trans>
      </p>
    </ConfirmDialog>
  );
}
