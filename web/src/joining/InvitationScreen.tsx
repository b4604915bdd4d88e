// Where an invitation's link leads: what it offers, and the account that is made with it.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Navigate, useNavigate } from "@tanstack/react-router";
import { Asked } from "@/app/Asked";
import { LINK_IS_OVER, useFragment } from "@/by_mail/fragment";
import { MailStage } from "@/by_mail/MailStage";
import { InlineNotice } from "@/design";
import { type InvitationShown, refusalOf } from "@/wire";
import { acceptInvitation, type NewAccount, showInvitation } from "@/wire/joining";
import { useLogin } from "@/wire/login";
import { answerOf } from "@/wire/questions";
import { AccountForm } from "./AccountForm";

export function InvitationScreen() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const token = useFragment();
  const isSignedIn = useLogin((login) => login.status === "signed-in");
  const isOver = token === "" && isSignedIn; // the account was just made, and this page stands once more
  const query = useQuery({
    enabled: !isOver,
    queryKey: ["invitation", token],
    gcTime: 0,
    queryFn: async () => showInvitation(token),
  });
  const invitation = answerOf<InvitationShown>(query);
  const accept = async (account: NewAccount) => {
    await acceptInvitation(token, account);
    await navigate({ to: "/", replace: true });
  };
  if (isOver) return <Navigate to="/" replace />;
  return (
    <MailStage title={t`You are invited`} intro={t`Choose a name and a password, and your account is made.`}>
      {invitation.error !== undefined && refusalOf(invitation.error).code === LINK_IS_OVER.code ? (
        <InlineNotice tone="danger">
          <Trans>
            This invitation was used or withdrawn, or its time is over. Ask whoever invited you for another.
          </Trans>
        </InlineNotice>
      ) : (
        <Asked question={invitation}>
          {({ email }) => <AccountForm email={email} submitLabel={t`Create my account`} onSubmit={accept} />}
        </Asked>
      )}
    </MailStage>
  );
}
