// Signing in with a mailed code: asking for it, giving it, and the second factor where one is set.
import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Stage } from "@/app/Stage";
import { KeepAccount } from "@/sign_in/KeepAccount";
import { SecondStep } from "@/sign_in/SecondStep";
import type { PendingDeletion, SecondFactorNeeded } from "@/wire";
import { askForCode } from "@/wire/by_mail";
import { useLogin } from "@/wire/login";
import { AddressForm } from "./AddressForm";
import { useFragment } from "./fragment";
import { MailedCodeForm } from "./MailedCodeForm";
import { MailStage } from "./MailStage";

export function MailedCodeScreen() {
  const { t } = useLingui();
  const brought = useFragment();
  const navigate = useNavigate();
  const [isAsked, setAsked] = useState(brought !== "");
  const [needed, setNeeded] = useState<SecondFactorNeeded>();
  const [deletion, setDeletion] = useState<PendingDeletion>();
  const isSignedIn = useLogin((login) => login.status === "signed-in");
  useEffect(() => {
    if (isSignedIn) void navigate({ to: "/", replace: true });
  }, [isSignedIn, navigate]);

  const startAgain = () => {
    setNeeded(undefined);
    setDeletion(undefined);
    setAsked(false);
  };
  if (deletion !== undefined) {
    return (
      <Stage>
        <KeepAccount deletion={deletion} onLeave={startAgain} />
      </Stage>
    );
  }
  if (needed !== undefined) {
    return (
      <MailStage title={t`One more step`} intro={t`The code is right. Enter the one that your account also asks for.`}>
        <SecondStep needed={needed} onBack={startAgain} onOver={startAgain} onDeletion={setDeletion} />
      </MailStage>
    );
  }
  if (isAsked) {
    return (
      <MailStage title={t`Enter the code`} intro={<Intro isBrought={brought !== ""} />}>
        <MailedCodeForm code={brought} onSecondFactor={setNeeded} onAgain={startAgain} />
      </MailStage>
    );
  }
  const ask = async (email: string) => {
    await askForCode(email);
    setAsked(true);
  };
  return (
    <MailStage title={t`Sign in with a mailed code`} intro={t`A code of eight digits is sent to your e-mail address.`}>
      <AddressForm submitLabel={t`Send the code`} onAddress={ask} />
    </MailStage>
  );
}

function Intro({ isBrought }: { isBrought: boolean }) {
  return isBrought ? (
    <Trans>It works only in the browser that asked for it. If that is another one, type it there.</Trans>
  ) : (
    <Trans>If the address belongs to an account, a code is on its way. It works once, within 10 minutes.</Trans>
  );
}
