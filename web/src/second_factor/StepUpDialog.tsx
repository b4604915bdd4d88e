// "Confirm that it is you": a passkey or code where a second factor is set, else the password, or a provider for whom has none.
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Trans, useLingui } from "@lingui/react/macro";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Asked } from "@/app/Asked";
import { Button, Dialog, PasswordField } from "@/design";
import { Bound } from "@/design/parts/Bound";
import { useProblemText } from "@/i18n/problem_text";
import { ProviderButtons } from "@/sign_in_providers/ProviderButtons";
import { refusalOf } from "@/wire";
import { stepUp } from "@/wire/login";
import { stepUpWithPasskey } from "@/wire/passkeys";
import { useSecondFactor } from "@/wire/security";
import { useIdentities, useSignInProviders } from "@/wire/sign_in_providers";
import { SecondProof } from "./SecondProof";

export function StepUpDialog({ onAnswer }: { onAnswer: (isProved: boolean) => void }) {
  const { t } = useLingui();
  const secondFactor = useSecondFactor();
  const hasPassword = useIdentities().data?.has_password ?? true;
  const proveBy = (proof: Promise<void>) => proof.then(() => onAnswer(true));
  return (
    <Dialog title={t`Confirm that it is you`} isOpen onOpenChange={() => onAnswer(false)}>
      <p className="text-muted">
        <Trans>This concerns the safety of your account, so you are asked again who you are.</Trans>
      </p>
      <Asked question={secondFactor}>
        {({ methods }) =>
          methods.length > 0 ? (
            <SecondProof
              methods={methods}
              onPasskey={() => proveBy(stepUpWithPasskey())}
              onCode={(code) => proveBy(stepUp({ code }))}
              submitLabel={t`Confirm`}
            />
          ) : !hasPassword ? (
            <ProviderProof />
          ) : (
            <PasswordProof onProved={() => onAnswer(true)} />
          )
        }
      </Asked>
      <Button variant="quiet" onPress={() => onAnswer(false)}>
        <Trans>Cancel</Trans>
      </Button>
    </Dialog>
  );
}

/** The provider proves it and sends the person back to this page, where they press once more. */
function ProviderProof() {
  const linked = useIdentities().data?.identities.map(({ provider }) => provider);
  const providers = useSignInProviders().filter(({ id }) => linked?.includes(id));
  return (
    <>
      <p>
        <Trans>Sign in again. You then come back to this page.</Trans>
      </p>
      <ProviderButtons providers={providers} next={location.pathname} isAgain />
    </>
  );
}

function PasswordProof({ onProved }: { onProved: () => void }) {
  const { t } = useLingui();
  const problemText = useProblemText();
  const { control, handleSubmit, setError, formState } = useForm({
    resolver: valibotResolver(v.object({ password: v.pipe(v.string(), v.nonEmpty(t`Enter your password.`)) })),
    defaultValues: { password: "" },
  });
  const submit = handleSubmit(async (fields) => {
    try {
      await stepUp(fields);
      onProved();
    } catch (thrown) {
      const refusal = refusalOf(thrown);
      const isWrong = refusal.code === "credentials_rejected";
      setError("password", { message: isWrong ? t`The password is wrong.` : problemText(refusal) });
    }
  });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-5">
      <Bound control={control} name="password">
        {(field) => (
          <PasswordField
            {...field}
            label={t`Password`}
            autoComplete="current-password"
            autoFocus
            showLabel={t`Show password`}
            hideLabel={t`Hide password`}
          />
        )}
      </Bound>
      <Button type="submit" variant="primary" size="lg" isPending={formState.isSubmitting} className="w-full">
        <Trans>Confirm</Trans>
      </Button>
    </form>
  );
}
