// The second step of signing in: a passkey or a code, for as long as the first step counts.
import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useRef } from "react";
import { ArrowLeftIcon, Button } from "@/design";
import { SecondProof } from "@/second_factor/SecondProof";
import { type PendingDeletion, refusalOf, type SecondFactorNeeded } from "@/wire";
import { enter, pendingDeletionOf } from "@/wire/login";
import { signInWithPasskey } from "@/wire/passkeys";

type SecondStepProps = {
  needed: SecondFactorNeeded;
  onBack: () => void;
  onOver: () => void;
  onDeletion: (deletion: PendingDeletion) => void;
};

export function SecondStep({ needed, onBack, onOver, onDeletion }: SecondStepProps) {
  const { t } = useLingui();
  useDeadline(needed.expires_in * 1000, onOver);
  const orBeginAgain = async (proof: Promise<unknown>) => {
    try {
      await proof;
    } catch (thrown) {
      const deletion = pendingDeletionOf(thrown);
      if (deletion) return onDeletion(deletion);
      if (refusalOf(thrown).code !== "sign_in_expired") throw thrown;
      onOver();
    }
  };
  return (
    <div className="flex flex-col gap-2">
      <SecondProof
        methods={needed.methods}
        onPasskey={() => orBeginAgain(signInWithPasskey(needed.mfa_token))}
        onCode={(code) => orBeginAgain(enter("/api/auth/login/mfa", { mfa_token: needed.mfa_token, code }))}
        submitLabel={t`Sign in`}
      />
      <Button variant="quiet" onPress={onBack}>
        <ArrowLeftIcon className="size-4" />
        <Trans>Back to the password</Trans>
      </Button>
    </div>
  );
}

/** Do `act` once `delay_ms` have passed since the step appeared. */
function useDeadline(delay_ms: number, act: () => void) {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  }, [act]);
  useEffect(() => {
    const timer = setTimeout(() => latest.current(), delay_ms);
    return () => clearTimeout(timer);
  }, [delay_ms]);
}
