// A list of choices that opens from a button, with a mark on the chosen one.
import type { ReactNode } from "react";
import {
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  type MenuItemProps as AriaMenuItemProps,
  type MenuProps as AriaMenuProps,
  Popover,
  type PopoverProps,
} from "react-aria-components";
import { CheckIcon } from "./icons";

export { MenuTrigger } from "react-aria-components";

const POPOVER =
  "min-w-52 overflow-auto rounded-xl border border-line bg-raised p-1.5 shadow-high outline-none data-entering:animate-rise";

export type MenuProps = Omit<AriaMenuProps<object>, "className" | "style"> & {
  placement?: PopoverProps["placement"];
  /** Where no `MenuTrigger` opens it: beside what, and what to do once it has closed. */
  beside?: { triggerRef: NonNullable<PopoverProps["triggerRef"]>; onOpenChange: (isOpen: boolean) => void };
};

/** The second child of a `MenuTrigger`, or open `beside` something; `aria-label` names it. */
export function Menu({ placement = "bottom start", beside, ...rest }: MenuProps) {
  return (
    <Popover
      placement={placement}
      {...(beside && { ...beside, isOpen: true, "aria-label": rest["aria-label"] })}
      className={POPOVER}
    >
      <AriaMenu {...rest} className="outline-none" />
    </Popover>
  );
}

export type MenuItemProps = Omit<AriaMenuItemProps, "className" | "children" | "style"> & {
  icon?: ReactNode;
  detail?: ReactNode;
  children: ReactNode;
  textValue: string;
};

/** One choice: icon, name, and a fainter second line. */
export function MenuItem({ icon, detail, children, ...rest }: MenuItemProps) {
  return (
    <AriaMenuItem
      {...rest}
      className="group flex cursor-default items-start gap-3 rounded-lg px-3 py-2 text-base text-ink outline-none focus:bg-hover data-pressed:bg-pressed"
    >
      {icon && <span className="mt-0.5 text-muted">{icon}</span>}
      <span className="flex min-w-0 flex-1 flex-col">
        <span>{children}</span>
        {detail && <span className="text-muted text-sm">{detail}</span>}
      </span>
      <CheckIcon className="mt-1 size-4 text-muted opacity-0 group-data-selected:opacity-100" />
    </AriaMenuItem>
  );
}
