// What a new account needs: an address, a name and a password.
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Trans, useLingui } from "@lingui/react/macro";
import { useForm } from "react-hook-form";
import { keepAddress, typedAddress } from "@/by_mail/typed_address";
import { Button, InlineNotice, TextField } from "@/design";
import { Bound } from "@/design/parts/Bound";
import { useProblemText } from "@/i18n/problem_text";
import { useAdministratorRules } from "@/setup/administrator_rules";
import { NewPasswordField } from "@/setup/NewPasswordField";
import { refusalOf } from "@/wire";
import type { NewAccount } from "@/wire/joining";
import { useProofOfWork } from "@/wire/proof_of_work/answer_after_work";
import { useSetupState } from "@/wire/questions";

type AccountFormProps = {
  /** The address that was invited; no other can be given then. */
  email?: string;
  /** What was asked for before with another address. */
  before?: NewAccount | undefined;
  submitLabel: string;
  /** What it throws is told above the form, or beside the password. */
  onSubmit: (account: NewAccount) => Promise<void>;
};

export function AccountForm({ email, before, submitLabel, onSubmit }: AccountFormProps) {
  const { t } = useLingui();
  const problemText = useProblemText();
  const isProving = useProofOfWork((proof) => proof.isWorking);
  const shortest = useSetupState().data?.password_min_length ?? 1;
  const { control, handleSubmit, setError, formState } = useForm({
    defaultValues: { display_name: "", password: "", code: "", ...before, email: email ?? typedAddress() },
    resolver: valibotResolver(useAdministratorRules(shortest, false)),
  });
  const submit = handleSubmit(async ({ code: _, ...account }) => {
    try {
      await onSubmit(account);
    } catch (thrown) {
      const refusal = refusalOf(thrown);
      const field = refusal.code === "password_refused" ? "password" : "root";
      setError(field, { message: problemText(refusal) }, { shouldFocus: true });
    }
  });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-5">
      {formState.errors.root && <InlineNotice tone="danger">{formState.errors.root.message}</InlineNotice>}
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
            autoComplete="username"
            isReadOnly={email !== undefined}
            autoFocus={email === undefined}
          />
        )}
      </Bound>
      <Bound control={control} name="display_name">
        {(field) => (
          <TextField
            {...field}
            label={t`Your name`}
            hint={t`How you appear on this server.`}
            autoComplete="name"
            maxLength={80}
            autoFocus={email !== undefined}
          />
        )}
      </Bound>
      <Bound control={control} name="password">
        {(field) => <NewPasswordField {...field} label={t`Password`} shortest={shortest} />}
      </Bound>
      {isProving && (
        <InlineNotice>
          <Trans>One moment: this server is checking that you are not a robot.</Trans>
        </InlineNotice>
      )}
      <Button type="submit" variant="primary" size="lg" isPending={formState.isSubmitting} className="w-full">
        {submitLabel}
      </Button>
    </form>
  );
}
