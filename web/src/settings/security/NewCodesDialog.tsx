// Ten new recovery codes in place of the old ones.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Button, Dialog, InlineNotice } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { useStepUp } from "@/second_factor/step_up";
import { refusalOf } from "@/wire";
import { useSecurityActs } from "@/wire/security";
import { RecoveryCodes } from "./RecoveryCodes";

export function NewCodesDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const { renewRecoveryCodes } = useSecurityActs();
  const { proved, question } = useStepUp();
  const problemText = useProblemText();
  const [codes, setCodes] = useState<string[]>();
  const [problem, setProblem] = useState<string>();
  const [isPending, setPending] = useState(false);
  const renew = async () => {
    setProblem(undefined);
    setPending(true);
    try {
      setCodes((await proved(renewRecoveryCodes))?.answer);
    } catch (thrown) {
      setProblem(problemText(refusalOf(thrown)));
    } finally {
      setPending(false);
    }
  };

  if (codes) {
    return (
      <Dialog title={t`Keep your recovery codes`} isOpen isAlert>
        <RecoveryCodes codes={codes} onKept={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog title={t`New recovery codes`} isOpen onOpenChange={onClose}>
      {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
      <p className="text-muted">
        <Trans>You get ten new codes, and the earlier ones are worth nothing any more.</Trans>
      </p>
      <Button variant="primary" autoFocus isPending={isPending} onPress={() => void renew()}>
        <Trans>Make new codes</Trans>
      </Button>
      <Button variant="quiet" onPress={onClose}>
        <Trans>Cancel</Trans>
      </Button>
      {question}
    </Dialog>
  );
}
