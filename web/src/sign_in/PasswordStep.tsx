// E-mail and password, or a passkey instead: the first step of signing in, and the only one without a second factor.
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Trans, useLingui } from "@lingui/react/macro";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Button, InlineNotice, PasswordField, TextField } from "@/design";
import { Bound } from "@/design/parts/Bound";
import { useProblemText } from "@/i18n/problem_text";
import { refusalOf, type SecondFactorNeeded } from "@/wire";
import { enterWithPassword } from "@/wire/login";
import { PasskeyOffer, usePasskeysHere } from "./PasskeyOffer";

type PasswordStepProps = {
  email: string;
  isEmailFixed: boolean;
  /** The second step took too long, or too many codes were wrong. */
  hasToBeginAgain: boolean;
  onMoreAsked: (needed: SecondFactorNeeded, email: string) => void;
};

export function PasswordStep({ email, isEmailFixed, hasToBeginAgain, onMoreAsked }: PasswordStepProps) {
  const { t } = useLingui();
  const problemText = useProblemText();
  const passkeys = usePasskeysHere();
  const { control, handleSubmit, setError, clearErrors, setFocus, getValues, formState } = useForm({
    resolver: valibotResolver(
      v.object({
        email: v.pipe(v.string(), v.trim(), v.nonEmpty(t`Enter your e-mail address.`)),
        password: v.pipe(v.string(), v.nonEmpty(t`Enter your password.`)),
      }),
    ),
    defaultValues: { email, password: "" },
  });

  const submit = handleSubmit(async (fields) => {
    try {
      const needed = await enterWithPassword(fields);
      if (needed) onMoreAsked(needed, fields.email);
    } catch (thrown) {
      setError("root", { message: problemText(refusalOf(thrown)) });
      setFocus("password", { shouldSelect: true });
    }
  });

  const tellPasskeyProblem = (thrown: unknown) => {
    if (thrown === undefined) clearErrors("root");
    else setError("root", { message: problemText(refusalOf(thrown)) });
  };

  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-5">
      {formState.errors.root && <InlineNotice tone="danger">{formState.errors.root.message}</InlineNotice>}
      {hasToBeginAgain && !formState.isSubmitted && (
        <InlineNotice tone="warning">
          <Trans>Begin again with your password: this took too long, or too many codes were wrong.</Trans>
        </InlineNotice>
      )}
      <Bound control={control} name="email">
        {(field) => (
          <TextField
            {...field}
            label={t`E-mail address`}
            type="email"
            autoComplete={passkeys === "work" ? "username webauthn" : "username"}
            autoFocus={email === ""}
            isReadOnly={isEmailFixed}
          />
        )}
      </Bound>
      <Bound control={control} name="password">
        {(field) => (
          <PasswordField
            {...field}
            label={t`Password`}
            autoComplete="current-password"
            autoFocus={email !== ""}
            showLabel={t`Show password`}
            hideLabel={t`Hide password`}
          />
        )}
      </Bound>
      <Button type="submit" variant="primary" size="lg" isPending={formState.isSubmitting} className="mt-1 w-full">
        <Trans>Sign in</Trans>
      </Button>
      <PasskeyOffer
        here={passkeys}
        onMoreAsked={(needed) => onMoreAsked(needed, getValues("email"))}
        onProblem={tellPasskeyProblem}
      />
    </form>
  );
}
