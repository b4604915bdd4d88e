// Making the account with the mailed link. In another browser than the one that asked, a password is chosen here.
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { isLinkOver, LINK_IS_OVER } from "@/by_mail/fragment";
import { MailStage } from "@/by_mail/MailStage";
import { Button, InlineNotice } from "@/design";
import { Bound } from "@/design/parts/Bound";
import { useProblemText } from "@/i18n/problem_text";
import { NewPasswordField } from "@/setup/NewPasswordField";
import { usePasswordRule } from "@/setup/password_rule";
import { type Refusal, refusalOf } from "@/wire";
import { confirmAccount } from "@/wire/joining";
import { useSetupState } from "@/wire/questions";

type ConfirmAccountProps = {
  token: string;
  /** Leads back to asking for an account. */
  onAgain: () => void;
};

export function ConfirmAccount({ token, onAgain }: ConfirmAccountProps) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const problemText = useProblemText();
  const [isPasswordNeeded, needPassword] = useState(false);
  const [problem, setProblem] = useState<Refusal>();
  const [isPending, setPending] = useState(false);
  const make = async (password?: string) => {
    await confirmAccount(token, password);
    await navigate({ to: "/", replace: true });
  };
  const confirm = async () => {
    setProblem(undefined);
    setPending(true);
    try {
      await make();
    } catch (thrown) {
      const refusal = refusalOf(thrown);
      if (refusal.code === "password_needed") needPassword(true);
      else setProblem(refusal);
    } finally {
      setPending(false);
    }
  };
  const isOver = problem !== undefined && isLinkOver(problem);
  if (isPasswordNeeded && !isOver) {
    return (
      <MailStage
        title={t`Choose a password`}
        intro={t`The account was asked for in another browser. What was typed there does not count here, in case it was not you.`}
      >
        <PasswordForm onPassword={make} onOver={setProblem} />
      </MailStage>
    );
  }
  return (
    <MailStage title={t`Create your account`} intro={t`You opened a link that was sent to this address.`}>
      {problem && !isOver && <InlineNotice tone="danger">{problemText(problem)}</InlineNotice>}
      {isOver ? (
        <LinkIsOver onAgain={onAgain} />
      ) : (
        <Button variant="primary" size="lg" isPending={isPending} onPress={() => void confirm()} className="w-full">
          <Trans>Create my account</Trans>
        </Button>
      )}
    </MailStage>
  );
}

function LinkIsOver({ onAgain }: { onAgain: () => void }) {
  const setup = useSetupState().data;
  const canAskAgain = setup?.mail && setup.signup !== "invite";
  return (
    <>
      <InlineNotice tone="danger">
        <Trans>This link was used before, or its time is over. If you made your account with it, sign in.</Trans>
      </InlineNotice>
      {canAskAgain && (
        <Button size="lg" onPress={onAgain} className="w-full">
          <Trans>Register again</Trans>
        </Button>
      )}
    </>
  );
}

type PasswordFormProps = {
  onPassword: (password: string) => Promise<void>;
  /** The link has ended meanwhile. */
  onOver: (refusal: Refusal) => void;
};

function PasswordForm({ onPassword, onOver }: PasswordFormProps) {
  const { t } = useLingui();
  const problemText = useProblemText();
  const shortest = useSetupState().data?.password_min_length ?? 1;
  const { control, handleSubmit, setError, formState } = useForm({
    resolver: valibotResolver(v.object({ password: usePasswordRule(shortest) })),
    defaultValues: { password: "" },
  });
  const submit = handleSubmit(async ({ password }) => {
    try {
      await onPassword(password);
    } catch (thrown) {
      const refusal = refusalOf(thrown);
      if (refusal.code === LINK_IS_OVER.code) return onOver(refusal);
      const field = refusal.code === "password_refused" ? "password" : "root";
      setError(field, { message: problemText(refusal) }, { shouldFocus: true });
    }
  });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-5">
      {formState.errors.root && <InlineNotice tone="danger">{formState.errors.root.message}</InlineNotice>}
      <Bound control={control} name="password">
        {(field) => <NewPasswordField {...field} label={t`Password`} shortest={shortest} autoFocus />}
      </Bound>
      <Button type="submit" variant="primary" size="lg" isPending={formState.isSubmitting} className="w-full">
        <Trans>Create my account</Trans>
      </Button>
    </form>
  );
}
