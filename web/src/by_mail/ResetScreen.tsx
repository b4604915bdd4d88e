// Choosing a new password with a mailed link; afterwards one signs in with it, and with a second factor where one is set.
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Button, InlineNotice } from "@/design";
import { Bound } from "@/design/parts/Bound";
import { useProblemText } from "@/i18n/problem_text";
import { NewPasswordField } from "@/setup/NewPasswordField";
import { usePasswordRule } from "@/setup/password_rule";
import { refusalOf } from "@/wire";
import { resetPassword } from "@/wire/by_mail";
import { useSetupState } from "@/wire/questions";
import { LINK_IS_OVER, useFragment } from "./fragment";
import { MailStage } from "./MailStage";

export function ResetScreen() {
  const token = useFragment();
  return <Reset key={token} token={token} />;
}

function Reset({ token }: { token: string }) {
  const { t } = useLingui();
  const shortest = useSetupState().data?.password_min_length ?? 1;
  const problemText = useProblemText();
  const [isDone, setDone] = useState(false);
  const [isOver, setOver] = useState(token === "");
  const { control, handleSubmit, setError, formState } = useForm({
    resolver: valibotResolver(v.object({ new_password: usePasswordRule(shortest) })),
    defaultValues: { new_password: "" },
  });
  const submit = handleSubmit(async ({ new_password }) => {
    try {
      await resetPassword(token, new_password);
      setDone(true);
    } catch (thrown) {
      const refusal = refusalOf(thrown);
      if (refusal.code === LINK_IS_OVER.code) return setOver(true);
      const field = refusal.code === "password_refused" ? "new_password" : "root";
      setError(field, { message: problemText(refusal) }, { shouldFocus: true });
    }
  });
  if (isDone) {
    return (
      <MailStage title={t`Your password is changed`}>
        <InlineNotice tone="success">
          <Trans>Sign in with the new one.</Trans>
        </InlineNotice>
      </MailStage>
    );
  }
  return (
    <MailStage title={t`Choose a new password`} intro={t`All your sessions end, here and everywhere else.`}>
      {isOver ? (
        <InlineNotice tone="danger">
          <p>{problemText(LINK_IS_OVER)}</p>
          <Link to="/forgotten-password" className="underline underline-offset-4">
            <Trans>Ask for a new link</Trans>
          </Link>
        </InlineNotice>
      ) : (
        <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-5">
          {formState.errors.root && <InlineNotice tone="danger">{formState.errors.root.message}</InlineNotice>}
          <Bound control={control} name="new_password">
            {(field) => <NewPasswordField {...field} label={t`New password`} shortest={shortest} autoFocus />}
          </Bound>
          <Button type="submit" variant="primary" size="lg" isPending={formState.isSubmitting} className="w-full">
            <Trans>Save the new password</Trans>
          </Button>
        </form>
      )}
    </MailStage>
  );
}
