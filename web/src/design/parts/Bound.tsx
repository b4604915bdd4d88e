// Joins a field of the design to react-hook-form: value, changes, focus and the error's sentence.
import type { ReactNode, Ref } from "react";
import { type Control, Controller, type FieldPath, type FieldValues } from "react-hook-form";

type BoundField = {
  name: string;
  value: string;
  onChange: (value: string) => void;
  onBlur: () => void;
  inputRef: Ref<HTMLInputElement>;
  error: string | undefined;
};

export type BoundProps<T extends FieldValues> = {
  control: Control<T>;
  name: FieldPath<T>;
  children: (field: BoundField) => ReactNode;
};

export function Bound<T extends FieldValues>({ control, name, children }: BoundProps<T>) {
  return (
    <Controller
      control={control}
      name={name}
      render={({ field: { ref, value, onChange, onBlur }, fieldState }) => (
        <>{children({ name, value, onChange, onBlur, inputRef: ref, error: fieldState.error?.message })}</>
      )}
    />
  );
}
