// Signing in with a mailed code: asking for it, giving it, and the second factor where one is set.
import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Stage } from "@/app/Stage";
import { Button } from "@/design";
import { KeepAccount } from "@/sign_in/KeepAccount";
import { SecondStep } from "@/sign_in/SecondStep";
import type { PendingDeletion, SecondFactorNeeded } from "@/wire";
import { askForCode } from "@/wire/by_mail";
import { useLogin } from "@/wire/login";
import { AddressForm } from "./AddressForm";
import { useFragment } from "./fragment";
import { MailedCodeForm } from "./MailedCodeForm";
import { MailStage } from "./MailStage";
import { SendAgain } from "./SendAgain";

export function MailedCodeScreen() {
  const fragment = useFragment();
  const brought = /^\d{8}$/.test(fragment) ? fragment : undefined;
  const navigate = useNavigate();
  const isSignedIn = useLogin((login) => login.status === "signed-in");
  useEffect(() => {
    if (isSignedIn) void navigate({ to: "/", replace: true });
  }, [isSignedIn, navigate]);
  return <MailedCode key={brought} brought={brought} />;
}

/** How far one is: an address is wanted, a code by a letter that was just asked for, or one that a link brought. */
type Step = { email: string; paceS: number } | "brought" | undefined;

function MailedCode({ brought }: { brought: string | undefined }) {
  const { t } = useLingui();
  const [step, setStep] = useState<Step>(brought === undefined ? undefined : "brought");
  const [needed, setNeeded] = useState<SecondFactorNeeded>();
  const [deletion, setDeletion] = useState<PendingDeletion>();
  const startAgain = () => {
    setNeeded(undefined);
    setDeletion(undefined);
    setStep(undefined);
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
  if (step === undefined) {
    const ask = async (email: string) => setStep({ email, paceS: await askForCode(email) });
    return (
      <MailStage
        title={t`Sign in with a mailed code`}
        intro={t`A code of eight digits is sent to your e-mail address.`}
      >
        <AddressForm submitLabel={t`Send the code`} onAddress={ask} />
      </MailStage>
    );
  }
  return (
    <MailStage title={t`Enter the code`} intro={<Intro isBrought={step === "brought"} />}>
      <MailedCodeForm code={step === "brought" ? (brought ?? "") : ""} onSecondFactor={setNeeded} />
      {step === "brought" ? (
        <Button variant="quiet" onPress={startAgain}>
          <Trans>Send another code</Trans>
        </Button>
      ) : (
        <>
          <SendAgain paceS={step.paceS} onSend={() => askForCode(step.email)} />
          <Button variant="quiet" onPress={startAgain}>
            <Trans>Use another address</Trans>
          </Button>
        </>
      )}
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
