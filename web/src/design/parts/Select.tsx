// One of several values, where they would not all fit in sight.
import { Select as AriaSelect, Button, Label, ListBox, ListBoxItem, Popover, SelectValue } from "react-aria-components";
import { CheckIcon, ChevronDownIcon } from "./icons";

export type SelectProps<K extends string> = {
  label: string;
  value: K;
  onChange: (value: K) => void;
  options: readonly { id: K; label: string }[];
  className?: string;
};

export function Select<K extends string>({ label, value, onChange, options, className = "" }: SelectProps<K>) {
  return (
    <AriaSelect
      value={value}
      onChange={(next) => onChange(next as K)}
      className={`flex min-w-0 flex-col gap-1.5 ${className}`}
    >
      <Label className="font-medium text-ink text-sm">{label}</Label>
      <Button className="flex h-11 w-full items-center gap-2 rounded-lg border border-line-strong bg-surface pr-3 pl-3.5 text-left text-base text-ink shadow-low hover:bg-hover">
        <SelectValue className="min-w-0 flex-1 truncate">{({ selectedText }) => selectedText}</SelectValue>
        <ChevronDownIcon className="size-4 text-muted" />
      </Button>
      <Popover className="max-h-80 min-w-(--trigger-width) overflow-auto rounded-xl border border-line bg-raised p-1.5 shadow-high outline-none data-entering:animate-rise">
        <ListBox items={options} className="outline-none">
          {(option) => (
            <ListBoxItem
              id={option.id}
              textValue={option.label}
              className="group flex cursor-default items-center gap-3 rounded-lg px-3 py-2 text-base text-ink outline-none data-focused:bg-hover"
            >
              <span className="flex-1">{option.label}</span>
              <CheckIcon className="size-4 text-muted opacity-0 group-data-selected:opacity-100" />
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
