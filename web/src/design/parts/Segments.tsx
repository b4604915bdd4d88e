// One of a few values, all in sight.
import type { ReactNode } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";

export type SegmentsProps<K extends string> = {
  label: string;
  value: K;
  onChange: (value: K) => void;
  options: readonly { id: K; label: string; icon?: ReactNode; lang?: string }[];
};

export function Segments<K extends string>({ label, value, onChange, options }: SegmentsProps<K>) {
  return (
    <RadioGroup
      value={value}
      onChange={(next) => onChange(next as K)}
      orientation="horizontal"
      className="flex flex-col gap-2"
    >
      <Label className="font-medium text-sm">{label}</Label>
      <div className="flex w-full gap-1 self-start rounded-xl bg-hover p-1 sm:w-auto">
        {options.map((option) => (
          <Radio
            key={option.id}
            value={option.id}
            lang={option.lang}
            className="flex h-9 flex-1 cursor-default items-center justify-center gap-2 whitespace-nowrap rounded-lg px-2 text-muted text-sm transition-colors duration-150 hover:text-ink sm:px-4 data-focus-visible:outline-2 data-focus-visible:outline-focus data-selected:bg-raised data-selected:font-medium data-selected:text-ink data-selected:shadow-low"
          >
            {option.icon}
            {option.label}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
