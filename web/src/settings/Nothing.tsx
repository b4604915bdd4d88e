// In place of a list that is still empty: a card that says so.
import type { ReactNode } from "react";

export function Nothing({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <div className="flex items-center gap-4 rounded-xl border border-line-strong border-dashed p-4">
      <span className="grid size-10 shrink-0 place-items-center rounded-lg bg-hover text-muted">{icon}</span>
      <p className="min-w-0 text-muted text-sm">{children}</p>
    </div>
  );
}
