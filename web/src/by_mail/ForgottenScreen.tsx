// Asking for a link that replaces a forgotten password; the answer is the same whether the address is known.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Button, InlineNotice } from "@/design";
import { askForReset } from "@/wire/by_mail";
import { AddressForm } from "./AddressForm";
import { MailStage } from "./MailStage";
import { SendAgain } from "./SendAgain";

export function ForgottenScreen() {
  const { t } = useLingui();
  const [asked, setAsked] = useState<{ email: string; paceS: number }>();
  const ask = async (email: string) => setAsked({ email, paceS: await askForReset(email) });
  if (asked !== undefined) {
    const { email, paceS } = asked;
    return (
      <MailStage title={t`Check your mail`}>
        <InlineNotice tone="success">
          <Trans>
            If {email} belongs to an account, a link is on its way. It works once, within 15 minutes. Nothing there?
            Look among unwanted mail, and check the address.
          </Trans>
        </InlineNotice>
        <SendAgain paceS={paceS} onSend={() => askForReset(email)} />
        <Button variant="quiet" onPress={() => setAsked(undefined)}>
          <Trans>Use another address</Trans>
        </Button>
      </MailStage>
    );
  }
  return (
    <MailStage title={t`Forgotten password`} intro={t`A link to choose a new one is sent to your e-mail address.`}>
      <AddressForm submitLabel={t`Send the link`} onAddress={ask} />
    </MailStage>
  );
}
