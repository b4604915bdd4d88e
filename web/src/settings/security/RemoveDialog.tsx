// Asking for no code any more: a code is what proves that one may.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Button, Dialog, InlineNotice, notify } from "@/design";
import { CodeForm } from "@/second_factor/CodeForm";
import { isStepUpNeeded } from "@/second_factor/step_up";
import { stepUp } from "@/wire/login";
import { useSecurityActs } from "@/wire/security";

export function RemoveDialog({ hasPasskey, onClose }: { hasPasskey: boolean; onClose: () => void }) {
  const { t } = useLingui();
  const { removeSecondFactor, askAgain } = useSecurityActs();
  const [tries, setTries] = useState(0);

  // Where the last proof is too old, the code given serves as the proof; as it works once, another one has to follow.
  const remove = async (code: string) => {
    try {
      await removeSecondFactor(code);
    } catch (thrown) {
      if (!isStepUpNeeded(thrown)) throw thrown;
      await stepUp({ code });
      void askAgain();
      setTries(tries + 1);
      return;
    }
    onClose();
    notify({ title: t`Two-step sign-in is off`, detail: t`Your other sessions were ended.` });
  };
  return (
    <Dialog title={t`Remove two-step sign-in?`} isOpen onOpenChange={onClose}>
      <p className="text-muted">
        {hasPasskey ? (
          <Trans>After your password a passkey will be asked for, or a recovery code. Other sessions end.</Trans>
        ) : (
          <Trans>
            Your password alone will sign you in. Other sessions end, and your recovery codes are worth nothing any
            more.
          </Trans>
        )}
      </p>
      {tries > 0 && (
        <InlineNotice>
          <Trans>Thank you. One more code, please: each works once, so wait until the app shows the next one.</Trans>
        </InlineNotice>
      )}
      <CodeForm key={tries} onCode={remove} submitLabel={t`Remove`} isDangerous />
      <Button variant="quiet" onPress={onClose}>
        <Trans>Cancel</Trans>
      </Button>
    </Dialog>
  );
}
