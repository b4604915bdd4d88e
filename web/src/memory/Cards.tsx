// A list of cards under one name.
import type { ReactNode } from "react";

export function Cards({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul
      aria-label={label}
      className="flex flex-col divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface shadow-low"
    >
      {children}
    </ul>
  );
}
