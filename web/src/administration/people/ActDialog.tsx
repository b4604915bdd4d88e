// The question before each act about an account, in its own words.
import { Trans, useLingui } from "@lingui/react/macro";
import { notify } from "@/design";
import type { AdministeredPerson } from "@/wire";
import { useAdministrationActs } from "@/wire/administration";
import { ConfirmDialog } from "../ConfirmDialog";
import { DeleteDialog } from "./DeleteDialog";
import { ImpersonateDialog } from "./ImpersonateDialog";
import { ResetLinkDialog } from "./ResetLinkDialog";
import { RoleDialog } from "./RoleDialog";

export type Act =
  | "suspend"
  | "reinstate"
  | "role"
  | "sessions"
  | "second-factor"
  | "impersonate"
  | "reset-link"
  | "delete"
  | "keep";
type ActDialogProps = { act: Act; person: AdministeredPerson; onClose: () => void };

export function ActDialog({ act, person, onClose }: ActDialogProps) {
  const { t } = useLingui();
  const acts = useAdministrationActs();
  const { user_id: id, display_name: name } = person;
  const done = (title: string) => () => notify({ title });
  switch (act) {
    case "role":
      return <RoleDialog person={person} onClose={onClose} />;
    case "impersonate":
      return <ImpersonateDialog person={person} onClose={onClose} />;
    case "reset-link":
      return <ResetLinkDialog person={person} onClose={onClose} />;
    case "delete":
      return <DeleteDialog person={person} onClose={onClose} />;
    case "keep":
      return (
        <ConfirmDialog
          title={t`Keep the account of ${name}?`}
          label={t`Keep the account`}
          act={() => acts.keepAccountOf(id)}
          onDone={done(t`The account of ${name} is kept`)}
          onClose={onClose}
        >
          <p className="text-muted">
            <Trans>It is as it was before, with every conversation. They have to sign in again.</Trans>
          </p>
        </ConfirmDialog>
      );
    case "suspend":
      return (
        <ConfirmDialog
          title={t`Suspend ${name}?`}
          label={t`Suspend`}
          isDangerous
          act={() => acts.setStatus(id, "suspended")}
          onDone={done(t`${name} is suspended`)}
          onClose={onClose}
        >
          <p className="text-muted">
            <Trans>All their sessions end at once, and they cannot sign in. Their conversations are kept.</Trans>
          </p>
        </ConfirmDialog>
      );
    case "reinstate":
      return (
        <ConfirmDialog
          title={t`Let ${name} in again?`}
          label={t`Reinstate`}
          act={() => acts.setStatus(id, "active")}
          onDone={done(t`${name} may sign in again`)}
          onClose={onClose}
        >
          <p className="text-muted">
            <Trans>They sign in as before, with the same password and second factor.</Trans>
          </p>
        </ConfirmDialog>
      );
    case "sessions":
      return (
        <ConfirmDialog
          title={t`End all sessions of ${name}?`}
          label={t`End sessions`}
          isDangerous
          act={() => acts.endSessionsOf(id)}
          onDone={done(t`The sessions of ${name} were ended`)}
          onClose={onClose}
        >
          <p className="text-muted">
            <Trans>Whoever is there has to sign in again. What is being written there stays on that device.</Trans>
          </p>
        </ConfirmDialog>
      );
    case "second-factor":
      return (
        <ConfirmDialog
          title={t`Reset two-step sign-in of ${name}?`}
          label={t`Reset`}
          isDangerous
          act={() => acts.resetSecondFactor(id)}
          onDone={done(t`Two-step sign-in of ${name} is off`)}
          onClose={onClose}
        >
          <p className="text-muted">
            <Trans>
              Be sure that it is them who ask. Their passkeys, authenticator and recovery codes are worth nothing any
              more, all their sessions end, and their password alone signs them in until they set up another.
            </Trans>
          </p>
        </ConfirmDialog>
      );
  }
}
