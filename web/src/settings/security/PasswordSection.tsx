// Changing one's own password: the old one is asked for, and every other session ends. Who has none chooses a first.
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Button, InlineNotice, PasswordField } from "@/design";
import { Bound } from "@/design/parts/Bound";
import { useProblemText } from "@/i18n/problem_text";
import { NewPasswordField } from "@/setup/NewPasswordField";
import { usePasswordRule } from "@/setup/password_rule";
import { type Refusal, refusalOf, useMe } from "@/wire";
import { useSetupState } from "@/wire/questions";
import { useSecurityActs } from "@/wire/security";
import { useIdentities } from "@/wire/sign_in_providers";
import { Section } from "../Section";
import { FirstPassword } from "./FirstPassword";

type Passwords = { current_password: string; new_password: string };
const EMPTY: Passwords = { current_password: "", new_password: "" };
const FIELD_OF_CODE: Record<string, keyof Passwords> = {
  credentials_rejected: "current_password",
  password_refused: "new_password",
};

export function PasswordSection() {
  const { t } = useLingui();
  const hasPassword = useIdentities().data?.has_password ?? true;
  if (hasPassword) {
    return (
      <Section title={t`Password`} description={t`Changing it ends your sessions everywhere else.`}>
        <ChangePassword />
      </Section>
    );
  }
  return (
    <Section
      title={t`Password`}
      description={t`You have none. With one you also sign in where your other ways do not work.`}
    >
      <FirstPassword />
    </Section>
  );
}

function ChangePassword() {
  const { t } = useLingui();
  const me = useMe();
  const shortest = useSetupState().data?.password_min_length ?? 1;
  const { changePassword } = useSecurityActs();
  const refusalText = useRefusalText();
  const [isChanged, setChanged] = useState(false);
  const { control, handleSubmit, setError, reset, formState } = useForm<Passwords>({
    resolver: valibotResolver(
      v.object({
        current_password: v.pipe(v.string(), v.nonEmpty(t`Enter your current password.`)),
        new_password: usePasswordRule(shortest),
      }),
    ),
    defaultValues: EMPTY,
  });

  const submit = handleSubmit(async (passwords) => {
    setChanged(false);
    try {
      await changePassword(passwords);
      reset(EMPTY);
      setChanged(true);
    } catch (thrown) {
      const refusal = refusalOf(thrown);
      setError(FIELD_OF_CODE[refusal.code] ?? "root", { message: refusalText(refusal) }, { shouldFocus: true });
    }
  });

  return (
    <form
      onSubmit={(event) => void submit(event)}
      noValidate
      className="flex flex-col gap-5 rounded-xl border border-line bg-surface p-5 shadow-low"
    >
      {isChanged && (
        <InlineNotice tone="success">
          <Trans>Your password is changed. Your other sessions were ended.</Trans>
        </InlineNotice>
      )}
      {formState.errors.root && <InlineNotice tone="danger">{formState.errors.root.message}</InlineNotice>}
      {/* Tells password managers whose password this is. */}
      <input type="text" name="username" autoComplete="username" value={me?.email ?? ""} readOnly hidden />
      <Bound control={control} name="current_password">
        {(field) => (
          <PasswordField
            {...field}
            label={t`Current password`}
            autoComplete="current-password"
            showLabel={t`Show current password`}
            hideLabel={t`Hide current password`}
          />
        )}
      </Bound>
      <Bound control={control} name="new_password">
        {(field) => <NewPasswordField {...field} label={t`New password`} shortest={shortest} />}
      </Bound>
      <Button type="submit" isPending={formState.isSubmitting} className="self-start">
        <Trans>Change password</Trans>
      </Button>
    </form>
  );
}

/** Here the only thing that can be wrong is the password: the address is not asked for. */
function useRefusalText(): (refusal: Refusal) => string {
  const { t } = useLingui();
  const problemText = useProblemText();
  return (refusal) =>
    refusal.code === "credentials_rejected" ? t`The current password is wrong.` : problemText(refusal);
}
