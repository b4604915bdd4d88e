// First step of the first run: the person who will look after this server.
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Trans, useLingui } from "@lingui/react/macro";
import { useForm } from "react-hook-form";
import { StageTitle } from "@/app/Stage";
import { Button, InlineNotice, TextField } from "@/design";
import { Bound } from "@/design/parts/Bound";
import { useProblemText } from "@/i18n/problem_text";
import { refusalOf } from "@/wire";
import { enter } from "@/wire/login";
import { useSetupState } from "@/wire/questions";
import { type Administrator, useAdministratorRules } from "./administrator_rules";
import { NewPasswordField } from "./NewPasswordField";
import { closeFirstRun, openFirstRun } from "./progress";

const FIELD_OF_CODE: Record<string, keyof Administrator> = {
  password_refused: "password",
  setup_code_rejected: "code",
};

export function AdministratorStep() {
  const { t } = useLingui();
  const setup = useSetupState().data;
  const problemText = useProblemText();
  const shortest = setup?.password_min_length ?? 1;
  const needsCode = setup?.claim === "code";
  const { control, handleSubmit, setError, formState } = useForm<Administrator>({
    defaultValues: { display_name: "", email: "", password: "", code: "" },
    resolver: valibotResolver(useAdministratorRules(shortest, needsCode)),
  });

  const submit = handleSubmit(async ({ code, ...fields }) => {
    openFirstRun();
    try {
      await enter("/api/auth/setup", needsCode ? { ...fields, code } : fields);
    } catch (thrown) {
      closeFirstRun();
      const refusal = refusalOf(thrown);
      const field = FIELD_OF_CODE[refusal.code];
      setError(field ?? "root", { message: problemText(refusal) }, { shouldFocus: true });
    }
  });

  return (
    <>
      <StageTitle title={t`Create the administrator`}>
        <Trans>This server is yours. The first account looks after it and can invite others later.</Trans>
      </StageTitle>
      <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-5">
        {formState.errors.root && <InlineNotice tone="danger">{formState.errors.root.message}</InlineNotice>}
        <Bound control={control} name="display_name">
          {(field) => (
            <TextField
              {...field}
              label={t`Your name`}
              hint={t`How you appear on this server.`}
              autoComplete="name"
              maxLength={80}
              autoFocus
            />
          )}
        </Bound>
        <Bound control={control} name="email">
          {(field) => <TextField {...field} label={t`E-mail address`} type="email" autoComplete="username" />}
        </Bound>
        <Bound control={control} name="password">
          {(field) => <NewPasswordField {...field} label={t`Password`} shortest={shortest} />}
        </Bound>
        {needsCode && (
          <Bound control={control} name="code">
            {(field) => (
              <TextField
                {...field}
                label={t`Set-up code`}
                hint={t`It is printed in the terminal where Emergence was started.`}
                autoComplete="one-time-code"
              />
            )}
          </Bound>
        )}
        <Button type="submit" variant="primary" size="lg" isPending={formState.isSubmitting} className="mt-1 w-full">
          <Trans>Create administrator</Trans>
        </Button>
      </form>
    </>
  );
}
