// Adding an authenticator app in three steps: its secret, its first code, and the recovery codes.
import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import { CopyButton } from "@/conversation/CopyButton";
import { Button, Dialog } from "@/design";
import { CodeForm } from "@/second_factor/CodeForm";
import { inGroups } from "@/second_factor/code_text";
import { useStepUp } from "@/second_factor/step_up";
import type { TotpEnrolment } from "@/wire";
import { useSecurityActs } from "@/wire/security";
import { QrCode } from "./QrCode";
import { RecoveryCodes } from "./RecoveryCodes";

const STEPS = 3;

export function SetUpDialog({ enrolment, onClose }: { enrolment: TotpEnrolment; onClose: () => void }) {
  const { t } = useLingui();
  const { confirmEnrolment } = useSecurityActs();
  const { proved, question } = useStepUp();
  const [isScanned, setScanned] = useState(false);
  const [codes, setCodes] = useState<string[]>();
  const confirm = async (code: string) => setCodes((await proved(() => confirmEnrolment(code)))?.answer);

  if (codes) {
    return (
      <Dialog title={t`Keep your recovery codes`} isOpen isAlert>
        <Step number={3} />
        <RecoveryCodes codes={codes} onKept={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog title={t`Set up two-step sign-in`} isOpen onOpenChange={onClose}>
      {isScanned ? (
        <>
          <Step number={2}>
            <Trans>
              Enter the code that the app shows now. From then on it is asked of you, and other sessions end.
            </Trans>
          </Step>
          <CodeForm onCode={confirm} submitLabel={t`Turn on`} hasRecoveryCodes={false} />
          <Button variant="quiet" onPress={() => setScanned(false)}>
            <Trans>Back</Trans>
          </Button>
        </>
      ) : (
        <>
          <Step number={1}>
            <Trans>Scan this with your authenticator app.</Trans>
          </Step>
          <Secret enrolment={enrolment} />
          <Button variant="primary" size="lg" autoFocus onPress={() => setScanned(true)}>
            <Trans>Continue</Trans>
          </Button>
          <Button variant="quiet" onPress={onClose}>
            <Trans>Cancel</Trans>
          </Button>
        </>
      )}
      {question}
    </Dialog>
  );
}

function Step({ number, children }: { number: number; children?: ReactNode }) {
  return (
    <div className="flex flex-col gap-1">
      <p className="text-muted text-sm">
        <Trans>
          Step {number} of {STEPS}
        </Trans>
      </p>
      {children && <p>{children}</p>}
    </div>
  );
}

function Secret({ enrolment }: { enrolment: TotpEnrolment }) {
  const { t } = useLingui();
  return (
    <>
      <QrCode text={enrolment.otpauth_uri} label={t`QR code for your authenticator app`} />
      <div className="flex flex-col gap-1.5">
        <p className="text-muted text-sm">
          <Trans>No camera at hand? Type or paste this key into the app:</Trans>
        </p>
        <div className="flex items-center gap-2 rounded-lg bg-hover py-1.5 pr-1.5 pl-3.5">
          <code className="min-w-0 flex-1 text-sm">{inGroups(enrolment.secret)}</code>
          <CopyButton text={enrolment.secret} label={t`Copy the key`} />
        </div>
      </div>
    </>
  );
}
