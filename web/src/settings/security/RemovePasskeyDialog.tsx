// Asks before a passkey is removed, and says what that changes.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Button, Dialog, InlineNotice, notify } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { useStepUp } from "@/second_factor/step_up";
import { type MyPasskey, refusalOf } from "@/wire";
import { useSecondFactor, useSecurityActs } from "@/wire/security";

type RemovePasskeyDialogProps = { passkey: MyPasskey; isLast: boolean; onClose: () => void };

export function RemovePasskeyDialog({ passkey, isLast, onClose }: RemovePasskeyDialogProps) {
  const { t } = useLingui();
  const { removePasskey } = useSecurityActs();
  const { proved, question } = useStepUp();
  const problemText = useProblemText();
  const { data: factors } = useSecondFactor();
  const isOnlyFactor = isLast && factors?.enabled === false;
  const [problem, setProblem] = useState<string>();
  const [isPending, setPending] = useState(false);
  const remove = async () => {
    setProblem(undefined);
    setPending(true);
    try {
      if ((await proved(() => removePasskey(passkey.id))) === undefined) return;
      onClose();
      notify({ title: t`The passkey was removed`, detail: t`Your other sessions were ended.` });
    } catch (thrown) {
      setProblem(problemText(refusalOf(thrown)));
    } finally {
      setPending(false);
    }
  };
  return (
    <Dialog title={t`Remove the passkey ${passkey.name}?`} isOpen onOpenChange={onClose}>
      {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
      <p className="text-muted">
        <Trans>It will not sign you in any more, and your other sessions end. Delete it on the device too.</Trans>
      </p>
      {isOnlyFactor && (
        <InlineNotice tone="warning">
          <Trans>
            It is your only second factor: your password alone will sign you in, and your recovery codes are worth
            nothing any more.
          </Trans>
        </InlineNotice>
      )}
      <div className="flex flex-col gap-2">
        <Button variant="danger" isPending={isPending} onPress={() => void remove()}>
          <Trans>Remove the passkey</Trans>
        </Button>
        <Button variant="quiet" autoFocus onPress={onClose}>
          <Trans>Cancel</Trans>
        </Button>
      </div>
      {question}
    </Dialog>
  );
}
