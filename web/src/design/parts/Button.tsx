// The product's buttons: one primary act a screen, the rest quieter; and square ones that show an icon only.
import { type ReactNode, useEffect, useId, useRef } from "react";
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
  Tooltip,
  TooltipTrigger,
} from "react-aria-components";
import { Spinner } from "./Spinner";

type Variant = "primary" | "secondary" | "quiet" | "danger";
type Size = "sm" | "md" | "lg";

const SHAPE =
  "relative inline-flex max-w-full shrink-0 select-none items-center justify-center gap-2 font-medium transition-colors duration-150 " +
  "disabled:cursor-not-allowed disabled:opacity-45 data-pending:cursor-progress";
const SIZES: Record<Size, string> = {
  sm: "min-h-8 rounded-md px-3 py-1 text-sm",
  md: "min-h-10 rounded-lg px-4 py-1.5 text-base",
  lg: "min-h-11 rounded-lg px-5 py-2 text-base",
};
const VARIANTS: Record<Variant, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover",
  secondary: "border border-line-strong bg-surface text-ink shadow-low hover:bg-hover data-pressed:bg-pressed",
  quiet: "text-muted hover:bg-hover hover:text-ink data-pressed:bg-pressed",
  danger: "bg-danger-soft text-danger hover:brightness-[0.97] ",
};

export type ButtonProps = Omit<AriaButtonProps, "className" | "children" | "style"> & {
  variant?: Variant;
  size?: Size;
  className?: string;
  children: ReactNode;
};

const ANNOUNCED_AFTER_MS = 100; // react-aria announces its first message so much later

/**
 * What react-aria says of a pending button refers to the button for seven seconds: when it goes before, what refers
 * to it has to go too, or an image without a name stays behind for whoever reads the page.
 */
function useAnnouncedAs(isPending: boolean | undefined): string {
  const id = useId();
  const wasPending = useRef(false);
  useEffect(() => {
    if (isPending) wasPending.current = true;
  }, [isPending]);
  useEffect(() => {
    const page = document;
    const forget = () => {
      for (const said of page.querySelectorAll(`[data-live-announcer] [aria-labelledby~="${id}"]`)) said.remove();
    };
    return () => {
      if (!wasPending.current) return;
      forget();
      setTimeout(forget, ANNOUNCED_AFTER_MS * 2);
    };
  }, [id]);
  return id;
}

/** A labelled button; while `isPending` it keeps its width and shows a spinner over its label. */
export function Button({ variant = "secondary", size = "md", className = "", children, ...rest }: ButtonProps) {
  const id = useAnnouncedAs(rest.isPending);
  const isEverPending = rest.isPending !== undefined;
  return (
    <AriaButton
      {...(isEverPending && { id })}
      {...rest}
      className={`${SHAPE} ${SIZES[size]} ${VARIANTS[variant]} ${className}`}
    >
      <span className={`inline-flex items-center gap-2 ${rest.isPending ? "opacity-0" : ""}`}>{children}</span>
      {rest.isPending && (
        <span className="absolute inset-0 grid place-items-center">
          <Spinner />
        </span>
      )}
    </AriaButton>
  );
}

export type IconButtonProps = Omit<AriaButtonProps, "className" | "children" | "style"> & {
  /** The accessible name, also shown as a tooltip. */
  label: string;
  size?: "sm" | "md";
  variant?: "quiet" | "primary" | "secondary";
  className?: string;
  children: ReactNode;
};

const SQUARES = { sm: "size-8 rounded-md", md: "size-10 rounded-lg" };

/** A square button whose only content is an icon. */
export function IconButton({
  label,
  size = "md",
  variant = "quiet",
  className = "",
  children,
  ...rest
}: IconButtonProps) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      <AriaButton
        {...rest}
        aria-label={label}
        className={`${SHAPE} ${SQUARES[size]} ${VARIANTS[variant]} ${className}`}
      >
        {children}
      </AriaButton>
      <TooltipBubble>{label}</TooltipBubble>
    </TooltipTrigger>
  );
}

/** The small dark label that names what the pointer rests on. */
function TooltipBubble({ children }: { children: ReactNode }) {
  return (
    <Tooltip
      offset={6}
      className="pointer-events-none z-50 max-w-64 rounded-md bg-accent px-2 py-1 text-on-accent text-xs shadow-mid data-entering:animate-appear"
    >
      {children}
    </Tooltip>
  );
}
