// One more proof of who one is: a passkey where there is one that works here, else a code; one can change one's mind.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Button, InlineNotice, KeyIcon } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { refusalOf, type SecondFactorMethod } from "@/wire";
import { passkeysHere } from "@/wire/passkeys";
import { useSetupState } from "@/wire/questions";
import { CodeForm } from "./CodeForm";
import { PasskeysElsewhere } from "./PasskeysElsewhere";

type SecondProofProps = {
  methods: SecondFactorMethod[];
  /** Both throw what is then told. */
  onPasskey: () => Promise<void>;
  onCode: (code: string) => Promise<void>;
  submitLabel: string;
};

export function SecondProof({ methods, onPasskey, onCode, submitLabel }: SecondProofProps) {
  const worksAt = useSetupState().data?.passkeys_at;
  const [wantsCode, setWantsCode] = useState(false);
  const hasPasskey = methods.includes("passkey");
  const hasAuthenticator = methods.includes("totp");
  const hasRecoveryCodes = methods.includes("recovery_code");
  if (hasPasskey && worksAt === undefined) return null; // a moment: which of the two is not known yet
  const here = hasPasskey ? passkeysHere(worksAt ?? null) : "nowhere";

  if (here === "work" && !wantsCode) {
    return (
      <PasskeyProof
        onPasskey={onPasskey}
        onCodeWanted={hasAuthenticator || hasRecoveryCodes ? () => setWantsCode(true) : undefined}
      />
    );
  }
  return (
    <div className="flex flex-col gap-2">
      {hasPasskey && here !== "work" && <PasskeysElsewhere here={here} />}
      <CodeForm
        onCode={onCode}
        submitLabel={submitLabel}
        hasAuthenticator={hasAuthenticator}
        hasRecoveryCodes={hasRecoveryCodes}
      />
      {here === "work" && (
        <Button variant="quiet" onPress={() => setWantsCode(false)}>
          <Trans>Use a passkey instead</Trans>
        </Button>
      )}
    </div>
  );
}

type PasskeyProofProps = { onPasskey: () => Promise<void>; onCodeWanted: (() => void) | undefined };

function PasskeyProof({ onPasskey, onCodeWanted }: PasskeyProofProps) {
  const { t } = useLingui();
  const problemText = useProblemText();
  const [problem, setProblem] = useState<string>();
  const [isPending, setPending] = useState(false);
  const prove = async () => {
    setProblem(undefined);
    setPending(true);
    try {
      await onPasskey();
    } catch (thrown) {
      setProblem(problemText(refusalOf(thrown)));
    } finally {
      setPending(false);
    }
  };
  return (
    <div className="flex flex-col gap-2">
      {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
      <Button variant="primary" size="lg" autoFocus isPending={isPending} onPress={() => void prove()}>
        <KeyIcon />
        {t`Use your passkey`}
      </Button>
      {onCodeWanted && (
        <Button variant="quiet" isDisabled={isPending} onPress={onCodeWanted}>
          <Trans>Use a code instead</Trans>
        </Button>
      )}
    </div>
  );
}
