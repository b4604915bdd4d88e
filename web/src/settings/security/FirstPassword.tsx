// Choosing the first password of an account that was made without one; a fresh proof is asked for first.
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Trans, useLingui } from "@lingui/react/macro";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Button, InlineNotice, notify } from "@/design";
import { Bound } from "@/design/parts/Bound";
import { useProblemText } from "@/i18n/problem_text";
import { useStepUp } from "@/second_factor/step_up";
import { NewPasswordField } from "@/setup/NewPasswordField";
import { usePasswordRule } from "@/setup/password_rule";
import { refusalOf, useMe } from "@/wire";
import { useSetupState } from "@/wire/questions";
import { useSecurityActs } from "@/wire/security";

export function FirstPassword() {
  const { t } = useLingui();
  const me = useMe();
  const shortest = useSetupState().data?.password_min_length ?? 1;
  const { setFirstPassword } = useSecurityActs();
  const { proved, question } = useStepUp();
  const problemText = useProblemText();
  const { control, handleSubmit, setError, formState } = useForm<{ new_password: string }>({
    resolver: valibotResolver(v.object({ new_password: usePasswordRule(shortest) })),
    defaultValues: { new_password: "" },
  });

  const submit = handleSubmit(async ({ new_password }) => {
    try {
      if ((await proved(() => setFirstPassword(new_password))) === undefined) return;
      notify({ title: t`Your account has a password now` });
    } catch (thrown) {
      const refusal = refusalOf(thrown);
      const field = refusal.code === "password_refused" ? "new_password" : "root";
      setError(field, { message: problemText(refusal) }, { shouldFocus: true });
    }
  });

  return (
    <>
      <form
        onSubmit={(event) => void submit(event)}
        noValidate
        className="flex flex-col gap-5 rounded-xl border border-line bg-surface p-5 shadow-low"
      >
        {formState.errors.root && <InlineNotice tone="danger">{formState.errors.root.message}</InlineNotice>}
        {/* Tells password managers whose password this is. */}
        <input type="text" name="username" autoComplete="username" value={me?.email ?? ""} readOnly hidden />
        <Bound control={control} name="new_password">
          {(field) => <NewPasswordField {...field} label={t`New password`} shortest={shortest} />}
        </Bound>
        <Button type="submit" isPending={formState.isSubmitting} className="self-start">
          <Trans>Choose a password</Trans>
        </Button>
      </form>
      {question}
    </>
  );
}
