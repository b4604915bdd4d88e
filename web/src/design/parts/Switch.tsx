// Something that is on or off at once, without a form around it.
import type { ReactNode } from "react";
import { Switch as AriaSwitch, type SwitchProps as AriaSwitchProps } from "react-aria-components";

export type SwitchProps = Omit<AriaSwitchProps, "className" | "children" | "style"> & {
  /** What being on and off means, under the name. */
  detail?: ReactNode;
  children: ReactNode;
};

export function Switch({ detail, children, ...rest }: SwitchProps) {
  return (
    <AriaSwitch {...rest} className="group flex cursor-pointer items-start gap-3.5 data-disabled:cursor-progress">
      <span className="mt-0.5 flex h-5.5 w-10 shrink-0 items-center rounded-full border border-line-strong bg-hover p-0.5 transition-colors duration-150 group-data-focus-visible:outline-2 group-data-focus-visible:outline-focus group-data-focus-visible:outline-offset-2 group-data-selected:border-accent group-data-selected:bg-accent">
        <span className="size-4 rounded-full bg-muted transition-transform duration-150 group-data-selected:translate-x-[1.1rem] group-data-selected:bg-on-accent" />
      </span>
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="font-medium">{children}</span>
        {detail && <span className="text-muted text-sm">{detail}</span>}
      </span>
    </AriaSwitch>
  );
}
