// A short message inside a page: what went wrong, what worked, what to know.
import type { ReactNode } from "react";
import { CheckIcon, InfoIcon, WarningIcon } from "./icons";

type Tone = "info" | "success" | "warning" | "danger";

const TONES: Record<Tone, string> = {
  info: "bg-hover text-ink",
  success: "bg-success-soft text-success",
  warning: "bg-warning-soft text-warning",
  danger: "bg-danger-soft text-danger",
};
const ICONS = { info: InfoIcon, success: CheckIcon, warning: WarningIcon, danger: WarningIcon };

/** Dangers are announced at once, the others politely. */
export function InlineNotice({ tone = "info", children }: { tone?: Tone; children: ReactNode }) {
  const Icon = ICONS[tone];
  return (
    <div
      role={tone === "danger" ? "alert" : "status"}
      className={`flex animate-appear items-start gap-2.5 rounded-lg px-3.5 py-3 text-sm ${TONES[tone]}`}
    >
      <Icon className="mt-px size-[1.125rem]" />
      <div className="min-w-0 flex-1 wrap-break-word">{children}</div>
    </div>
  );
}
