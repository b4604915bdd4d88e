// Signing in, on its own page and over a locked one: passkey, password or provider, then what the account also asks for.
import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useEffect, useState } from "react";
import { typedAddress } from "@/by_mail/typed_address";
import { InlineNotice, Spinner } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import type { Arrival } from "@/sign_in_providers/arrival";
import { ProviderButtons } from "@/sign_in_providers/ProviderButtons";
import { type PendingDeletion, refusalOf, type SecondFactorNeeded } from "@/wire";
import { pendingDeletionOf } from "@/wire/login";
import { useHandover, useSignInProviders } from "@/wire/sign_in_providers";
import { KeepAccount } from "./KeepAccount";
import { usePasskeysHere } from "./PasskeyOffer";
import { PasswordStep } from "./PasswordStep";
import { SecondStep } from "./SecondStep";

type SignInFormProps = {
  /** Whose page is locked; nobody else's address can be given then. */
  email?: string | undefined;
  /** Where a provider sends the person afterwards. */
  next?: string | undefined;
  /** How the person comes back from a provider, if they do. */
  arrival?: Arrival;
  /** What helps whoever forgot the password; stands below it. */
  forgotten?: ReactNode;
  /** What else may be tried in place of the first step; stands at its end. */
  otherWays?: ReactNode;
  /** What stands above each step. */
  intro: { password: ReactNode; second: ReactNode };
};

export function SignInForm({ email, next, arrival = {}, forgotten, otherWays, intro }: SignInFormProps) {
  const { t } = useLingui();
  const [typed, setTyped] = useState(() => email ?? typedAddress());
  const [needed, setNeeded] = useState<SecondFactorNeeded>();
  const [isOver, setOver] = useState(false);
  const [deletion, setDeletion] = useState<PendingDeletion>();
  const [isKept, setKept] = useState(false);
  const handover = useHandover(arrival.handover);
  const back = (whyOver: boolean) => {
    setNeeded(undefined);
    setOver(whyOver);
  };
  const leaveDeletion = (wasUndone: boolean) => {
    setDeletion(undefined);
    setKept(wasUndone);
    back(false);
  };
  useEffect(() => {
    setNeeded(handover.data);
    setDeletion(pendingDeletionOf(handover.error));
  }, [handover.data, handover.error]);

  if (deletion !== undefined) return <KeepAccount deletion={deletion} onLeave={leaveDeletion} />;

  if (needed !== undefined) {
    return (
      <>
        {intro.second}
        <SecondStep needed={needed} onBack={() => back(false)} onOver={() => back(true)} onDeletion={setDeletion} />
      </>
    );
  }
  if (arrival.handover !== undefined && handover.status === "loading") {
    return <Spinner label={t`Loading`} className="size-5 text-muted" />;
  }
  return (
    <>
      {intro.password}
      <div className="flex flex-col gap-5">
        <Refused code={arrival.error ?? (handover.error && !isKept ? refusalOf(handover.error).code : undefined)} />
        <PasswordStep
          email={typed}
          isEmailFixed={email !== undefined}
          hasToBeginAgain={isOver}
          wasKept={isKept}
          forgotten={forgotten}
          onDeletion={(found, address) => {
            setTyped(address);
            setDeletion(found);
          }}
          onMoreAsked={(answer, address) => {
            setTyped(address);
            setNeeded(answer);
          }}
        />
        <OrWithProvider next={next} />
      </div>
      {otherWays}
    </>
  );
}

function Refused({ code }: { code: string | undefined }) {
  const problemText = useProblemText();
  return code !== undefined && <InlineNotice tone="danger">{problemText({ code })}</InlineNotice>;
}

function OrWithProvider({ next }: { next: string | undefined }) {
  const providers = useSignInProviders();
  const hasDivider = usePasskeysHere() !== "work"; // else the passkey's button has one above it already
  if (providers.length === 0) return null;
  return (
    <>
      {hasDivider && (
        <p aria-hidden="true" className="flex items-center gap-3 text-muted text-sm">
          <span className="h-px flex-1 bg-line" />
          <Trans>or</Trans>
          <span className="h-px flex-1 bg-line" />
        </p>
      )}
      <ProviderButtons providers={providers} next={next} />
    </>
  );
}
