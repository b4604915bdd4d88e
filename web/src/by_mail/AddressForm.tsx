// One field for an e-mail address, to which a letter is to go.
import { valibotResolver } from "@hookform/resolvers/valibot";
import { useLingui } from "@lingui/react/macro";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Button, InlineNotice, TextField } from "@/design";
import { Bound } from "@/design/parts/Bound";
import { useProblemText } from "@/i18n/problem_text";
import { refusalOf } from "@/wire";
import { keepAddress, typedAddress } from "./typed_address";

type AddressFormProps = {
  label?: string;
  submitLabel: string;
  /** Ask for the letter; what it throws is told above the field. */
  onAddress: (email: string) => Promise<void>;
  /** It is what its screen is for, before anybody is signed in. */
  isWide?: boolean;
};

export function AddressForm({ label, submitLabel, onAddress, isWide = true }: AddressFormProps) {
  const { t } = useLingui();
  const problemText = useProblemText();
  const { control, handleSubmit, setError, formState } = useForm({
    resolver: valibotResolver(
      v.object({ email: v.pipe(v.string(), v.trim(), v.nonEmpty(t`Enter your e-mail address.`)) }),
    ),
    defaultValues: { email: isWide ? typedAddress() : "" },
  });
  const submit = handleSubmit(async ({ email }) => {
    try {
      await onAddress(email);
    } catch (thrown) {
      setError("root", { message: problemText(refusalOf(thrown)) });
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
              if (isWide) keepAddress(address);
            }}
            label={label ?? t`E-mail address`}
            type="email"
            autoComplete={isWide ? "username" : "email"}
            autoFocus={isWide}
          />
        )}
      </Bound>
      <Button
        type="submit"
        variant={isWide ? "primary" : "secondary"}
        size={isWide ? "lg" : "md"}
        isPending={formState.isSubmitting}
        className={isWide ? "w-full" : "self-start"}
      >
        {submitLabel}
      </Button>
    </form>
  );
}
