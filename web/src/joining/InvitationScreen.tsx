// Where an invitation's link leads: what it offers, and the account that is made with it.
import { useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Navigate, useNavigate } from "@tanstack/react-router";
import { Asked } from "@/app/Asked";
import { useFragment } from "@/by_mail/fragment";
import { MailStage } from "@/by_mail/MailStage";
import type { InvitationShown } from "@/wire";
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
      <Asked question={invitation}>
        {({ email }) => <AccountForm email={email} submitLabel={t`Make my account`} onSubmit={accept} />}
      </Asked>
    </MailStage>
  );
}
