// One subject of what is known of an item.
import { type ReactNode, useId } from "react";

export function Part({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex flex-col gap-2">
      <h3 id={id} className="font-medium text-muted text-sm">
        {title}
      </h3>
      {children}
    </section>
  );
}

export const QUOTED = "flex flex-col gap-3 border-line border-l-2 pl-3.5";
