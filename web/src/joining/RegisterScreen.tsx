// Asking for an account, and making it with the link that was mailed.
import { Trans, useLingui } from "@lingui/react/macro";
import { Navigate } from "@tanstack/react-router";
import { useState } from "react";
import { useFragment } from "@/by_mail/fragment";
import { MailStage } from "@/by_mail/MailStage";
import { SendAgain } from "@/by_mail/SendAgain";
import { Button, InlineNotice } from "@/design";
import { askForAccount, type NewAccount } from "@/wire/joining";
import { useLogin } from "@/wire/login";
import { useSetupState } from "@/wire/questions";
import { AccountForm } from "./AccountForm";
import { ConfirmAccount } from "./ConfirmAccount";

export function RegisterScreen() {
  const token = useFragment();
  const isSignedIn = useLogin((login) => login.status === "signed-in");
  const [over, setOver] = useState<string>();
  if (token === "" && isSignedIn) return <Navigate to="/" replace />; // nobody here needs another account
  if (token === "" || token === over) return <Register />;
  return <ConfirmAccount key={token} token={token} onAgain={() => setOver(token)} />;
}

function Register() {
  const { t } = useLingui();
  const setup = useSetupState().data;
  const [asked, setAsked] = useState<AskedFor>();
  const ask = async (account: NewAccount) => setAsked({ account, paceS: await askForAccount(account) });
  const [before, setBefore] = useState<NewAccount>();
  const giveAnother = (account: NewAccount) => {
    setBefore(account);
    setAsked(undefined);
  };
  if (asked !== undefined) return <CheckMail {...asked} onOther={() => giveAnother(asked.account)} />;
  const isOpen = setup?.signup !== "closed" && setup?.signup !== "invite";
  return (
    <MailStage
      title={t`Create an account`}
      intro={
        isOpen
          ? t`A link is sent to your e-mail address; the account is made with it.`
          : t`For people whose address an administrator of this server has noted. A link is sent to it.`
      }
    >
      {setup?.mail === false ? (
        <InlineNotice>
          <Trans>This server sends no mail. Ask its administrator for an invitation.</Trans>
        </InlineNotice>
      ) : (
        <AccountForm before={before} submitLabel={t`Create an account`} onSubmit={ask} />
      )}
    </MailStage>
  );
}

/** What was typed is kept for as long as this screen stands: the server wants all of it again. */
type AskedFor = { account: NewAccount; paceS: number };

function CheckMail({ account, paceS, onOther }: AskedFor & { onOther: () => void }) {
  const { t } = useLingui();
  const { email } = account;
  return (
    <MailStage title={t`Check your mail`}>
      <InlineNotice tone="success">
        <Trans>
          If {email} may have an account here, a letter is on its way. Its link works once, within 24 hours. Nothing
          there? Look among unwanted mail, and check the address.
        </Trans>
      </InlineNotice>
      <SendAgain paceS={paceS} onSend={() => askForAccount(account)} />
      <Button variant="quiet" onPress={onOther}>
        <Trans>Use another address</Trans>
      </Button>
    </MailStage>
  );
}
