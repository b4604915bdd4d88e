// One value out of a few, as a field of a form.
import type { ReactNode } from "react";
import {
  Select as AriaSelect,
  Button,
  type Key,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SelectValue,
} from "react-aria-components";
import { CheckIcon, ChevronDownIcon } from "./icons";

export type SelectProps<K extends string> = {
  label: string;
  value: K;
  onChange: (value: K) => void;
  options: readonly { id: K; label: string; icon?: ReactNode }[];
};

/** Works with keyboard, type-ahead and screen readers; opens over the page. */
export function Select<K extends string>({ label, value, onChange, options }: SelectProps<K>) {
  return (
    <AriaSelect
      value={value}
      onChange={(key: Key | null) => key !== null && onChange(key as K)}
      className="flex flex-col gap-1.5"
    >
      <Label className="font-medium text-sm">{label}</Label>
      <Button className="flex h-11 items-center justify-between gap-3 rounded-lg border border-line-strong bg-surface px-3.5 text-base shadow-low hover:bg-hover">
        <SelectValue />
        <ChevronDownIcon className="size-4 text-muted" />
      </Button>
      <Popover className="w-(--trigger-width) overflow-auto rounded-xl border border-line bg-raised p-1.5 shadow-high data-entering:animate-rise">
        <ListBox className="outline-none">
          {options.map((option) => (
            <ListBoxItem
              key={option.id}
              id={option.id}
              textValue={option.label}
              className="group flex cursor-default items-center gap-3 rounded-lg px-3 py-2 outline-none focus:bg-hover"
            >
              {option.icon}
              <span className="flex-1">{option.label}</span>
              <CheckIcon className="size-4 text-muted opacity-0 group-data-selected:opacity-100" />
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
