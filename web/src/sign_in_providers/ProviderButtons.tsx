// One button a provider; pressing it leaves this page for the provider's.
import { Trans } from "@lingui/react/macro";
import { useState } from "react";
import { Button, InlineNotice } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { refusalOf, type SignInProvider } from "@/wire";
import { goToProvider } from "@/wire/sign_in_providers";

type ProviderButtonsProps = {
  providers: SignInProvider[];
  /** Where the person wants to be afterwards. */
  next?: string | undefined;
  /** Ask the provider for a fresh proof, although they may be signed in there. */
  isAgain?: boolean;
};

export function ProviderButtons({ providers, next, isAgain = false }: ProviderButtonsProps) {
  const problemText = useProblemText();
  const [leaving, setLeaving] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const leave = async (provider: string) => {
    setProblem(undefined);
    setLeaving(provider);
    try {
      await goToProvider(provider, { again: isAgain, ...(next !== undefined && { next }) });
    } catch (thrown) {
      setProblem(problemText(refusalOf(thrown)));
      setLeaving(undefined);
    }
  };
  return (
    <div className="flex flex-col gap-2">
      {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
      {providers.map(({ id, label }) => (
        <Button
          key={id}
          size="lg"
          className="w-full"
          isPending={leaving === id}
          isDisabled={leaving !== undefined && leaving !== id}
          onPress={() => void leave(id)}
        >
          <Trans>Continue with {label}</Trans>
        </Button>
      ))}
    </div>
  );
}
