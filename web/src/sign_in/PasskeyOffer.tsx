// Signing in with a passkey and nothing else: by a button, or from the suggestions of the e-mail field.
import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import { Button, KeyIcon } from "@/design";
import { PasskeysElsewhere } from "@/second_factor/PasskeysElsewhere";
import type { SecondFactorNeeded } from "@/wire";
import { offerPasskeys, type PasskeysHere, passkeysHere, signInWithPasskey } from "@/wire/passkeys";
import { useSetupState } from "@/wire/questions";

type PasskeyOfferProps = {
  here: PasskeysHere | undefined;
  onMoreAsked: (needed: SecondFactorNeeded) => void;
  /** Undefined takes back what was told before. */
  onProblem: (thrown: unknown) => void;
};

/** Whether passkeys work on this page; undefined until the server has said where they do. */
export function usePasskeysHere(): PasskeysHere | undefined {
  const worksAt = useSetupState().data?.passkeys_at;
  return worksAt === undefined ? undefined : passkeysHere(worksAt);
}

export function PasskeyOffer({ here, onMoreAsked, onProblem }: PasskeyOfferProps) {
  const { t } = useLingui();
  const [isPending, setPending] = useState(false);
  useSuggestions(here === "work" && !isPending, { onMoreAsked, onProblem });
  if (here === undefined || here === "nowhere" || here === "unsupported") return null;
  if (here !== "work") return <PasskeysElsewhere here={here} />;
  const signIn = async () => {
    onProblem(undefined);
    setPending(true);
    try {
      const needed = await signInWithPasskey();
      if (needed) onMoreAsked(needed);
    } catch (thrown) {
      onProblem(thrown);
    } finally {
      setPending(false);
    }
  };
  return (
    <div className="flex flex-col gap-4">
      <p aria-hidden="true" className="flex items-center gap-3 text-muted text-sm">
        <span className="h-px flex-1 bg-line" />
        <Trans>or</Trans>
        <span className="h-px flex-1 bg-line" />
      </p>
      <Button size="lg" className="w-full" isPending={isPending} onPress={() => void signIn()}>
        <KeyIcon />
        {t`Sign in with a passkey`}
      </Button>
    </div>
  );
}

/** While `isOn`, the browser suggests passkeys at the e-mail field. */
function useSuggestions(isOn: boolean, acts: Pick<PasskeyOfferProps, "onMoreAsked" | "onProblem">) {
  const latest = useRef(acts);
  useEffect(() => {
    latest.current = acts;
  });
  useEffect(() => {
    if (!isOn) return undefined;
    return offerPasskeys({
      onMoreAsked: (needed) => latest.current.onMoreAsked(needed),
      onProblem: (thrown) => latest.current.onProblem(thrown),
    });
  }, [isOn]);
}
