// E-mail and password, on the sign-in page and over a locked one.
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Trans, useLingui } from "@lingui/react/macro";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Button, InlineNotice, PasswordField, TextField } from "@/design";
import { Bound } from "@/design/parts/Bound";
import { useProblemText } from "@/i18n/problem_text";
import { refusalOf } from "@/wire";
import { enter } from "@/wire/login";

export function SignInForm({ email, onDone }: { email?: string | undefined; onDone: () => void }) {
  const { t } = useLingui();
  const problemText = useProblemText();
  const { control, handleSubmit, setError, setFocus, formState } = useForm({
    resolver: valibotResolver(
      v.object({
        email: v.pipe(v.string(), v.trim(), v.nonEmpty(t`Enter your e-mail address.`)),
        password: v.pipe(v.string(), v.nonEmpty(t`Enter your password.`)),
      }),
    ),
    defaultValues: { email: email ?? "", password: "" },
  });

  const submit = handleSubmit(async (fields) => {
    try {
      await enter("/api/auth/login", fields);
      onDone();
    } catch (thrown) {
      setError("root", { message: problemText(refusalOf(thrown)) });
      setFocus("password", { shouldSelect: true });
    }
  });

  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-5">
      {formState.errors.root && <InlineNotice tone="danger">{formState.errors.root.message}</InlineNotice>}
      <Bound control={control} name="email">
        {(field) => (
          <TextField
            {...field}
            label={t`E-mail address`}
            type="email"
            autoComplete="username"
            autoFocus={email === undefined}
            isReadOnly={email !== undefined}
          />
        )}
      </Bound>
      <Bound control={control} name="password">
        {(field) => (
          <PasswordField
            {...field}
            label={t`Password`}
            autoComplete="current-password"
            autoFocus={email !== undefined}
            showLabel={t`Show password`}
            hideLabel={t`Hide password`}
          />
        )}
      </Bound>
      <Button type="submit" variant="primary" size="lg" isPending={formState.isSubmitting} className="mt-1 w-full">
        <Trans>Sign in</Trans>
      </Button>
    </form>
  );
}
