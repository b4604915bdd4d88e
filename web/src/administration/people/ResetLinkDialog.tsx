// A link with which somebody chooses a new password: mailed, or shown once to be handed over where nothing is mailed.
import { Trans, useLingui } from "@lingui/react/macro";
import { useRef, useState } from "react";
import { CopyButton } from "@/conversation/CopyButton";
import { Button, Dialog, InlineNotice, notify } from "@/design";
import type { AdministeredPerson, ResetLink } from "@/wire";
import { useAdministrationActs } from "@/wire/administration";
import { useSetupState } from "@/wire/questions";
import { ConfirmDialog } from "../ConfirmDialog";

type ResetLinkDialogProps = { person: AdministeredPerson; onClose: () => void };

export function ResetLinkDialog({ person, onClose }: ResetLinkDialogProps) {
  const { t } = useLingui();
  const { offerReset } = useAdministrationActs();
  const isMailed = useSetupState().data?.mail === true && person.email !== null;
  const made = useRef<ResetLink>(undefined);
  const [shown, show] = useState<ResetLink>();
  const { display_name: name, email } = person;
  const make = async () => {
    made.current = await offerReset(person.user_id);
    if (made.current.is_mailed) notify({ title: t`The link is on its way`, detail: email ?? "" });
  };
  /** What has to be copied stays, whatever else closes. */
  const close = () => (made.current?.link ? show(made.current) : onClose());
  if (shown) return <LinkDialog made={shown} name={name} onClose={onClose} />;
  return (
    <ConfirmDialog
      title={t`A new password for ${name}?`}
      label={isMailed ? t`Send the link` : t`Make the link`}
      act={make}
      onClose={close}
    >
      <p className="text-muted">
        {isMailed ? (
          <Trans>
            {email} gets a link with which they choose a new password. You never see it. It works once, for a quarter of
            an hour.
          </Trans>
        ) : (
          <Trans>
            No mail can be sent to them: you get the link and hand it over. Whoever has it chooses the password. It
            works once, for a quarter of an hour.
          </Trans>
        )}
      </p>
      <p className="text-muted">
        <Trans>Their sessions end when they use it; a second factor is still asked for.</Trans>
      </p>
    </ConfirmDialog>
  );
}

function LinkDialog({ made, name, onClose }: { made: ResetLink; name: string; onClose: () => void }) {
  const { t, i18n } = useLingui();
  const link = new URL(made.link ?? "", location.origin).href; // without a public address it is a path of this server
  const until = i18n.date(new Date(made.expires_at), { timeStyle: "short" });
  return (
    <Dialog title={t`The link for ${name}`} isOpen isAlert>
      <div className="flex items-center gap-2 rounded-lg bg-hover py-1.5 pr-1.5 pl-3.5">
        <code className="min-w-0 flex-1 text-sm wrap-anywhere">{link}</code>
        <CopyButton text={link} label={t`Copy the link`} />
      </div>
      <InlineNotice tone="warning">
        <Trans>
          It is shown this once and works until {until}. Give it to nobody but {name}.
        </Trans>
      </InlineNotice>
      <Button variant="primary" autoFocus onPress={onClose}>
        <Trans>Done</Trans>
      </Button>
    </Dialog>
  );
}
