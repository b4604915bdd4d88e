// A labelled field for several lines, as long as what stands in it.
import type { KeyboardEvent, ReactNode } from "react";
import {
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
  FieldError,
  Label,
  Text,
  TextArea,
} from "react-aria-components";

export type TextAreaFieldProps = Omit<AriaTextFieldProps, "className" | "children" | "style" | "onKeyDown"> & {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  rows?: number;
  onKeyDown?: (event: KeyboardEvent) => void;
};

/** With `error` it is invalid and says why. */
export function TextAreaField({ label, hint, error, rows = 3, onKeyDown, ...rest }: TextAreaFieldProps) {
  return (
    <AriaTextField
      {...rest}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      className="group flex flex-col gap-1.5"
    >
      <Label className="font-medium text-ink text-sm">{label}</Label>
      <TextArea
        rows={rows}
        {...(onKeyDown && { onKeyDownCapture: onKeyDown })}
        className="field-sizing-content max-h-80 min-h-24 resize-none rounded-lg border border-line-strong bg-surface px-3.5 py-2.5 text-base text-ink shadow-low outline-none transition-colors duration-150 focus:border-focus focus:ring-3 focus:ring-focus/18 group-data-invalid:border-danger"
      />
      {error === undefined && hint && (
        <Text slot="description" className="text-muted text-sm">
          {hint}
        </Text>
      )}
      <FieldError className="animate-appear text-danger text-sm">{error}</FieldError>
    </AriaTextField>
  );
}
