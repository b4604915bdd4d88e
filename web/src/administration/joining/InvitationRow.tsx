// One invitation: for whom, in which role, how it stands; open ones can be sent again or withdrawn.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Badge, Button, notify } from "@/design";
import type { AdministeredInvitation, Invited } from "@/wire";
import { useLettingIn } from "@/wire/letting_in";
import { useSetupState } from "@/wire/questions";
import { ConfirmDialog } from "../ConfirmDialog";
import { useRoleNames } from "../people/role_names";

type InvitationRowProps = { invitation: AdministeredInvitation; onSent: (invited: Invited) => void };
type State = AdministeredInvitation["state"];
const TONES = {
  open: "warning",
  unvouched: "danger",
  accepted: "success",
  expired: "plain",
  revoked: "plain",
} as const;

function useStateNames(): Record<State, string> {
  const { t } = useLingui();
  return {
    open: t`open`,
    unvouched: t`not valid now`,
    accepted: t`accepted`,
    expired: t`expired`,
    revoked: t`withdrawn`,
  };
}

export function InvitationRow({ invitation, onSent }: InvitationRowProps) {
  const { t, i18n } = useLingui();
  const [act, setAct] = useState<"resend" | "revoke">();
  const roles = useRoleNames();
  const states = useStateNames();
  const { email, role, note, state, invited_by: by } = invitation;
  const until = i18n.date(new Date(invitation.expires_at), { dateStyle: "medium", timeStyle: "short" });
  const facts = [roles[role], by && t`invited by ${by}`, state === "open" && t`until ${until}`, note];
  const isPending = state === "open" || state === "unvouched" || state === "expired";
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 p-4">
      <div className="flex min-w-40 flex-1 flex-col gap-0.5">
        <span className="flex flex-wrap items-center gap-x-2 font-medium wrap-anywhere">
          {email}
          <Badge tone={TONES[state]}>{states[state]}</Badge>
        </span>
        <span className="text-muted text-sm wrap-anywhere">{facts.filter(Boolean).join(" · ")}</span>
        {state === "unvouched" && (
          <span className="text-sm">
            <Trans>Whoever invited is no longer an administrator. Send it again to stand for it yourself.</Trans>
          </span>
        )}
      </div>
      {isPending && (
        <div className="flex gap-2">
          <Button size="sm" aria-label={t`Send again to ${email}`} onPress={() => setAct("resend")}>
            <Trans>Send again</Trans>
          </Button>
          <Button size="sm" aria-label={t`Withdraw the invitation of ${email}`} onPress={() => setAct("revoke")}>
            <Trans>Withdraw</Trans>
          </Button>
        </div>
      )}
      {act === "resend" && <ResendDialog invitation={invitation} onSent={onSent} onClose={() => setAct(undefined)} />}
      {act === "revoke" && <RevokeDialog invitation={invitation} onClose={() => setAct(undefined)} />}
    </li>
  );
}

function ResendDialog({ invitation, onSent, onClose }: InvitationRowProps & { onClose: () => void }) {
  const { t } = useLingui();
  const { resend } = useLettingIn();
  const sendsMail = useSetupState().data?.mail ?? false;
  const send = async () => {
    const sent = await resend(invitation.id);
    onSent(sent);
    return sent;
  };
  return (
    <ConfirmDialog
      title={t`Send again to ${invitation.email}?`}
      label={sendsMail ? t`Send the invitation` : t`Make the link`}
      act={send}
      onClose={onClose}
    >
      <p className="text-muted">
        <Trans>They get another link, good for three days. The one before works no more.</Trans>
      </p>
    </ConfirmDialog>
  );
}

function RevokeDialog({ invitation, onClose }: { invitation: AdministeredInvitation; onClose: () => void }) {
  const { t } = useLingui();
  const { revoke } = useLettingIn();
  return (
    <ConfirmDialog
      title={t`Withdraw the invitation of ${invitation.email}?`}
      label={t`Withdraw`}
      isDangerous
      act={() => revoke(invitation.id).then(() => true)}
      onDone={() => notify({ title: t`The invitation was withdrawn` })}
      onClose={onClose}
    >
      <p className="text-muted">
        <Trans>Its link works no more. You can invite them again.</Trans>
      </p>
    </ConfirmDialog>
  );
}
