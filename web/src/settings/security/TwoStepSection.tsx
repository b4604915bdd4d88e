// The second step of signing in: off, or on with its recovery codes; each change asks who one is first.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Asked } from "@/app/Asked";
import { Button, CheckIcon, KeyIcon, notify } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { useStepUp } from "@/second_factor/step_up";
import { refusalOf, type SecondFactorStatus, type TotpEnrolment } from "@/wire";
import { useSecondFactor, useSecurityActs } from "@/wire/security";
import { Section } from "../Section";
import { CodesLeft, FewCodes } from "./CodesLeft";
import { NewCodesDialog } from "./NewCodesDialog";
import { RemoveDialog } from "./RemoveDialog";
import { SetUpDialog } from "./SetUpDialog";

export function TwoStepSection() {
  const { t } = useLingui();
  const secondFactor = useSecondFactor();
  const { beginEnrolment } = useSecurityActs();
  const { proved, question } = useStepUp();
  const problemText = useProblemText();
  const [enrolment, setEnrolment] = useState<TotpEnrolment>();
  const [isPending, setPending] = useState(false);
  const begin = async () => {
    setPending(true);
    try {
      setEnrolment((await proved(beginEnrolment))?.answer);
    } catch (thrown) {
      notify({ title: t`Nothing was changed`, detail: problemText(refusalOf(thrown)), tone: "danger" });
      secondFactor.ask();
    } finally {
      setPending(false);
    }
  };
  return (
    <Section
      title={t`Two-step sign-in`}
      description={t`After the password, a code from an app on your phone, or a passkey: a stolen password alone opens nothing.`}
    >
      <Asked question={secondFactor}>
        {(status) => (
          <div className="flex flex-col gap-4 rounded-xl border border-line bg-surface p-5 shadow-low">
            {status.enabled ? (
              <On status={status} />
            ) : (
              <Off status={status} onSetUp={() => void begin()} isPending={isPending} />
            )}
          </div>
        )}
      </Asked>
      {question}
      {enrolment && <SetUpDialog enrolment={enrolment} onClose={() => setEnrolment(undefined)} />}
    </Section>
  );
}

type OffProps = { status: SecondFactorStatus; onSetUp: () => void; isPending: boolean };

function Off({ status, onSetUp, isPending }: OffProps) {
  const { t } = useLingui();
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
      <p className="min-w-60 flex-1 text-muted text-sm">
        {status.methods.includes("passkey") ? (
          <Trans>Your passkey is the second step. An authenticator app can stand beside it.</Trans>
        ) : (
          <Trans>It is off. You need an authenticator app, such as the one in your password manager.</Trans>
        )}
      </p>
      <Button onPress={onSetUp} isPending={isPending} aria-label={t`Set up two-step sign-in`}>
        <KeyIcon />
        <Trans context="verb">Set up</Trans>
      </Button>
    </div>
  );
}

function On({ status }: { status: SecondFactorStatus }) {
  const { t, i18n } = useLingui();
  const [open, setOpen] = useState<"codes" | "removal">();
  const since = status.confirmed_at && i18n.date(new Date(status.confirmed_at), { dateStyle: "long" });
  const close = () => setOpen(undefined);
  return (
    <>
      <div className="flex flex-col gap-0.5">
        <span className="flex items-center gap-2 font-medium text-success">
          <CheckIcon />
          {since ? t`On since ${since}` : t`On`}
        </span>
        <CodesLeft left={status.recovery_codes_left} />
      </div>
      <FewCodes left={status.recovery_codes_left} />
      <div className="flex flex-wrap gap-2">
        <Button onPress={() => setOpen("codes")}>
          <Trans>New recovery codes</Trans>
        </Button>
        <Button variant="quiet" aria-label={t`Remove two-step sign-in`} onPress={() => setOpen("removal")}>
          <Trans>Remove</Trans>
        </Button>
      </div>
      {open === "codes" && <NewCodesDialog onClose={close} />}
      {open === "removal" && <RemoveDialog hasPasskey={status.methods.includes("passkey")} onClose={close} />}
    </>
  );
}
