// Whom to let in: the form that inviting and the allowlist share.
import { valibotResolver } from "@hookform/resolvers/valibot";
import { useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Button, InlineNotice, Segments, TextField } from "@/design";
import { Bound } from "@/design/parts/Bound";
import { useProblemText } from "@/i18n/problem_text";
import { useStepUp } from "@/second_factor/step_up";
import { type Role, refusalOf } from "@/wire";
import { useRoleNames } from "../people/role_names";

const EMAIL = /^[^@\s]+@[^@\s]+$/;
const ROLES = ["guest", "member", "admin"] as const;

export type LetIn = { email: string; role: Role; note: string };
type LetInFormProps = {
  submitLabel: string;
  /** Let them in; what it throws is told above the form. */
  act: (whom: LetIn) => Promise<unknown>;
  children?: ReactNode;
};

export function LetInForm({ submitLabel, act, children }: LetInFormProps) {
  const { t } = useLingui();
  const problemText = useProblemText();
  const roles = useRoleNames();
  const { proved, question } = useStepUp();
  const { control, handleSubmit, setError, reset, watch, setValue, formState } = useForm<LetIn>({
    defaultValues: { email: "", role: "member", note: "" },
    resolver: valibotResolver(
      v.object({
        email: v.pipe(
          v.string(),
          v.trim(),
          v.nonEmpty(t`Enter an e-mail address.`),
          v.regex(EMAIL, t`This is not an e-mail address.`),
        ),
        role: v.picklist(ROLES),
        note: v.pipe(v.string(), v.trim()),
      }),
    ),
  });
  const submit = handleSubmit(async (whom) => {
    try {
      if ((await proved(async () => (await act(whom)) ?? true)) !== undefined) reset();
    } catch (thrown) {
      setError("root", { message: problemText(refusalOf(thrown)) });
    }
  });
  return (
    <form
      onSubmit={(event) => void submit(event)}
      noValidate
      className="flex flex-col gap-4 rounded-xl border border-line bg-surface p-4"
    >
      {formState.errors.root && <InlineNotice tone="danger">{formState.errors.root.message}</InlineNotice>}
      <Bound control={control} name="email">
        {(field) => <TextField {...field} label={t`E-mail address`} type="email" autoComplete="off" maxLength={254} />}
      </Bound>
      <Segments
        label={t`Role`}
        value={watch("role")}
        onChange={(role) => setValue("role", role)}
        options={ROLES.map((id) => ({ id, label: roles[id] }))}
      />
      <Bound control={control} name="note">
        {(field) => (
          <TextField {...field} label={t`Note`} hint={t`For administrators only; may stay empty.`} maxLength={200} />
        )}
      </Bound>
      {children}
      <Button type="submit" variant="primary" isPending={formState.isSubmitting} className="self-start">
        {submitLabel}
      </Button>
      {question}
    </form>
  );
}
