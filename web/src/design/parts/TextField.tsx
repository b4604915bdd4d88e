// A labelled line of text with its hint and its error, wired together for assistive technology.
import { type ReactNode, type Ref, useState } from "react";
import {
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
  FieldError,
  Input,
  Label,
  Text,
} from "react-aria-components";
import { IconButton } from "./Button";
import { EyeIcon, EyeOffIcon } from "./icons";

export type TextFieldProps = Omit<AriaTextFieldProps, "className" | "children" | "style"> & {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  placeholder?: string;
  inputRef?: Ref<HTMLInputElement>;
  /** Sits inside the field, at its end. */
  trailing?: ReactNode;
  className?: string;
};

/** A field of a form. With `error` it is invalid and says why. */
export function TextField({
  label,
  hint,
  error,
  placeholder,
  inputRef,
  trailing,
  className = "",
  ...rest
}: TextFieldProps) {
  return (
    <AriaTextField
      {...rest}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      className={`group flex flex-col gap-1.5 ${className}`}
    >
      <Label className="font-medium text-ink text-sm">{label}</Label>
      <div className="flex h-11 items-center rounded-lg border border-line-strong bg-surface pr-1 shadow-low transition-colors duration-150 focus-within:border-focus focus-within:ring-3 focus-within:ring-focus/18 group-data-invalid:border-danger group-data-invalid:focus-within:border-danger group-data-invalid:focus-within:ring-danger/18">
        <Input
          ref={inputRef}
          placeholder={placeholder}
          className="h-full min-w-0 flex-1 bg-transparent px-3.5 text-base text-ink outline-none placeholder:text-faint"
        />
        {trailing}
      </div>
      {error === undefined && hint && (
        <Text slot="description" className="text-muted text-sm">
          {hint}
        </Text>
      )}
      <FieldError className="animate-appear text-danger text-sm">{error}</FieldError>
    </AriaTextField>
  );
}

export type PasswordFieldProps = Omit<TextFieldProps, "type" | "trailing"> & { showLabel: string; hideLabel: string };

/** A password with a switch that shows it, since typing blind makes people choose short ones. */
export function PasswordField({ showLabel, hideLabel, ...rest }: PasswordFieldProps) {
  const [isShown, setShown] = useState(false);
  const toggle = (
    <IconButton size="sm" label={isShown ? hideLabel : showLabel} onPress={() => setShown(!isShown)}>
      {isShown ? <EyeOffIcon /> : <EyeIcon />}
    </IconButton>
  );
  return <TextField {...rest} type={isShown ? "text" : "password"} trailing={toggle} />;
}
