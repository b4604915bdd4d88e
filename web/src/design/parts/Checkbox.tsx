// A statement that one ticks.
import type { ReactNode } from "react";
import { Checkbox as AriaCheckbox, type CheckboxProps as AriaCheckboxProps } from "react-aria-components";
import { CheckIcon } from "./icons";

export type CheckboxProps = Omit<AriaCheckboxProps, "className" | "children" | "style"> & { children: ReactNode };

export function Checkbox({ children, ...rest }: CheckboxProps) {
  return (
    <AriaCheckbox {...rest} className="group flex cursor-pointer items-start gap-3 py-1">
      <span className="mt-0.5 grid size-5 shrink-0 place-items-center rounded-sm border border-line-strong bg-surface text-on-accent group-data-focus-visible:outline-2 group-data-focus-visible:outline-focus group-data-focus-visible:outline-offset-2 group-data-selected:border-accent group-data-selected:bg-accent group-data-indeterminate:border-accent">
        <CheckIcon className="size-4 opacity-0 group-data-selected:opacity-100 group-data-indeterminate:hidden" />
        <span className="hidden h-0.5 w-2.5 bg-accent group-data-indeterminate:block" />
      </span>
      {children}
    </AriaCheckbox>
  );
}
