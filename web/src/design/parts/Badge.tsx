// A word or two that mark a thing: its state, never an act.
import type { ReactNode } from "react";

type Tone = "plain" | "success" | "warning" | "danger";

const TONES: Record<Tone, string> = {
  plain: "bg-hover text-muted",
  success: "bg-success-soft text-success",
  warning: "bg-warning-soft text-warning",
  danger: "bg-danger-soft text-danger",
};

export function Badge({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={`whitespace-nowrap rounded-full px-2 py-0.5 font-medium text-xs ${TONES[tone]}`}>{children}</span>
  );
}
