// Where an invitation's link leads: what it offers, and the account that is made with it.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Navigate, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Asked } from "@/app/Asked";
import { isLinkOver, LINK_IS_OVER, useFragment } from "@/by_mail/fragment";
import { MailStage } from "@/by_mail/MailStage";
import { InlineNotice } from "@/design";
import { type InvitationShown, refusalOf } from "@/wire";
import { acceptInvitation, type NewAccount, showInvitation } from "@/wire/joining";
import { useLogin } from "@/wire/login";
import { answerOf } from "@/wire/questions";
import { AccountForm } from "./AccountForm";

export function InvitationScreen() {
  const token = useFragment();
  const isSignedIn = useLogin((login) => login.status === "signed-in");
  if (token === "" && isSignedIn) return <Navigate to="/" replace />; // the account was just made, and this page stands once more
  return token === "" ? <Over /> : <Invitation key={token} token={token} />;
}

function Invitation({ token }: { token: string }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const [isOver, setOver] = useState(false);
  const query = useQuery({ queryKey: ["invitation", token], gcTime: 0, queryFn: async () => showInvitation(token) });
  const invitation = answerOf<InvitationShown>(query);
  const accept = async (account: NewAccount) => {
    try {
      await acceptInvitation(token, account);
    } catch (thrown) {
      if (refusalOf(thrown).code !== LINK_IS_OVER.code) throw thrown;
      return setOver(true);
    }
    await navigate({ to: "/", replace: true });
  };
  if (isOver || (invitation.error && isLinkOver(refusalOf(invitation.error)))) return <Over />;
  return (
    <MailStage title={t`You are invited`} intro={t`Choose a name and a password, and your account is made.`}>
      <Asked question={invitation}>
        {({ email }) => <AccountForm email={email} submitLabel={t`Create my account`} onSubmit={accept} />}
      </Asked>
    </MailStage>
  );
}

function Over() {
  const { t } = useLingui();
  return (
    <MailStage title={t`This invitation is over`}>
      <InlineNotice tone="danger">
        <Trans>
          It was used or withdrawn, its time is over, or the link is not whole. Ask whoever invited you for a new one.
        </Trans>
      </InlineNotice>
    </MailStage>
  );
}
