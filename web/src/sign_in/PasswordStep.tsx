// E-mail and password, or a passkey instead: the first step of signing in, and the only one without a second factor.
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { keepAddress } from "@/by_mail/typed_address";
import { Button, InlineNotice, PasswordField, TextField } from "@/design";
import { Bound } from "@/design/parts/Bound";
import { useProblemText } from "@/i18n/problem_text";
import { type PendingDeletion, refusalOf, type SecondFactorNeeded } from "@/wire";
import { enterWithPassword, pendingDeletionOf } from "@/wire/login";
import { useProofOfWork } from "@/wire/proof_of_work/answer_after_work";
import { PasskeyOffer, usePasskeysHere } from "./PasskeyOffer";

type PasswordStepProps = {
  email: string;
  isEmailFixed: boolean;
  /** The second step took too long, or too many codes were wrong. */
  hasToBeginAgain: boolean;
  /** The account was about to be deleted, and is not any more. */
  wasKept: boolean;
  forgotten: ReactNode;
  onDeletion: (deletion: PendingDeletion, email: string) => void;
  onMoreAsked: (needed: SecondFactorNeeded, email: string) => void;
};

export function PasswordStep(props: PasswordStepProps) {
  const { email, isEmailFixed, hasToBeginAgain, wasKept, forgotten, onDeletion, onMoreAsked } = props;
  const { t } = useLingui();
  const problemText = useProblemText();
  const isProving = useProofOfWork((proof) => proof.isWorking);
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
      const deletion = pendingDeletionOf(thrown);
      if (deletion) return onDeletion(deletion, fields.email);
      setError("root", { message: problemText(refusalOf(thrown)) });
      setFocus("password", { shouldSelect: true });
    }
  });

  const tellPasskeyProblem = (thrown: unknown) => {
    const deletion = pendingDeletionOf(thrown);
    if (deletion) return onDeletion(deletion, getValues("email"));
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
      {wasKept && !formState.isSubmitted && (
        <InlineNotice tone="success">
          <Trans>Your account is kept. Sign in to go on.</Trans>
        </InlineNotice>
      )}
      <Bound control={control} name="email">
        {(field) => (
          <TextField
            {...field}
            onChange={(address) => {
              field.onChange(address);
              keepAddress(address);
            }}
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
      {forgotten && <p className="-mt-3 text-right text-sm">{forgotten}</p>}
      {isProving && (
        <InlineNotice>
          <Trans>One moment: this server is checking that you are not a robot.</Trans>
        </InlineNotice>
      )}
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
