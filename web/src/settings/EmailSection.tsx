// One's own e-mail address: whether it is confirmed, and changing it.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Asked } from "@/app/Asked";
import { AddressForm } from "@/by_mail/AddressForm";
import { Button, InlineNotice, notify } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { useStepUp } from "@/second_factor/step_up";
import { type EmailState, refusalOf } from "@/wire";
import { useEmail, useEmailActs } from "@/wire/by_mail";
import { useSetupState } from "@/wire/questions";
import { Section } from "./Section";

export function EmailSection() {
  const { t } = useLingui();
  const email = useEmail();
  const canMail = useSetupState().data?.mail;
  return (
    <Section title={t`E-mail address`} description={t`You sign in with it, and notices about your account go there.`}>
      <Asked question={email}>
        {(state) => (
          <div className="flex flex-col gap-5 rounded-xl border border-line bg-surface p-5 shadow-low">
            <Present state={state} canMail={canMail === true} />
            {canMail && <Change />}
            {canMail === false && (
              <p className="text-muted text-sm">
                <Trans>This server sends no mail, so an address can be neither confirmed nor changed here.</Trans>
              </p>
            )}
          </div>
        )}
      </Asked>
    </Section>
  );
}

function Present({ state, canMail }: { state: EmailState; canMail: boolean }) {
  const { t } = useLingui();
  const problemText = useProblemText();
  const { askForVerification } = useEmailActs();
  const [step, setStep] = useState<"none" | "pending" | "sent">("none");
  if (state.email === null) {
    return (
      <p className="text-muted">
        <Trans>Your account has no e-mail address.</Trans>
      </p>
    );
  }
  const ask = async () => {
    setStep("pending");
    try {
      await askForVerification();
      setStep("sent");
    } catch (thrown) {
      notify({ title: t`Nothing was sent`, detail: problemText(refusalOf(thrown)), tone: "danger" });
      setStep("none");
    }
  };
  const isVerified = state.verified_at !== null;
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium wrap-anywhere">{state.email}</span>
        <span
          className={`rounded-full px-2 py-0.5 font-medium text-xs ${isVerified ? "bg-success-soft text-success" : "bg-warning-soft text-warning"}`}
        >
          {isVerified ? t`Confirmed` : t`Not confirmed`}
        </span>
      </p>
      {step === "sent" && (
        <InlineNotice tone="success">
          <Trans>A link is on its way to {state.email}. It works once, within 24 hours.</Trans>
        </InlineNotice>
      )}
      {!isVerified && canMail && step !== "sent" && (
        <Button isPending={step === "pending"} onPress={() => void ask()} className="self-start">
          <Trans>Send a link to confirm it</Trans>
        </Button>
      )}
    </>
  );
}

function Change() {
  const { t } = useLingui();
  const { askForChange } = useEmailActs();
  const { proved, question } = useStepUp();
  const [asked, setAsked] = useState<string>();
  const ask = async (email: string) => {
    const done = await proved(() => askForChange(email));
    if (done) setAsked(email);
  };
  return (
    <>
      {asked === undefined ? (
        <AddressForm label={t`New e-mail address`} submitLabel={t`Change address`} onAddress={ask} isWide={false} />
      ) : (
        <InlineNotice tone="success">
          <Trans>A link is on its way to {asked}. Your address changes once you have opened it.</Trans>
        </InlineNotice>
      )}
      {question}
    </>
  );
}
