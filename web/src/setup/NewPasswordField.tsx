// A password being chosen: how long it has to be, and how strong it is so far.
import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { PasswordField, type TextFieldProps } from "@/design";
import { PasswordStrength } from "./PasswordStrength";

type NewPasswordFieldProps = Omit<TextFieldProps, "hint" | "value"> & { value: string; shortest: number };

export function NewPasswordField({ shortest, ...field }: NewPasswordFieldProps) {
  const { t } = useLingui();
  return (
    <div className="flex flex-col gap-2">
      <PasswordField
        {...field}
        hint={plural(shortest, {
          one: "At least # character. A few unrelated words are best.",
          other: "At least # characters. A few unrelated words are best.",
        })}
        autoComplete="new-password"
        showLabel={t`Show password`}
        hideLabel={t`Hide password`}
      />
      {field.error === undefined && <PasswordStrength password={field.value} shortest={shortest} />}
    </div>
  );
}
