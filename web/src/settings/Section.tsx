// One subject of the settings: a heading, a sentence, and what can be done.
import { type ReactNode, useId } from "react";

type SectionProps = { title: string; description?: string; children?: ReactNode };

export function Section({ title, description, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex flex-col gap-4">
      <div className="flex flex-col gap-1">
        <h2 id={id} className="text-lg">
          {title}
        </h2>
        {description && <p className="text-muted text-sm">{description}</p>}
      </div>
      {children}
    </section>
  );
}
