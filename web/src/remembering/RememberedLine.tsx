/** Under an answer: what the agent was shown of other conversations, as one line that opens. */
import { Plural, useLingui } from "@lingui/react/macro";
import { useId, useState } from "react";
import { ChevronRightIcon } from "@/design";
import type { RecalledItem } from "@/wire";
import { RememberedItems } from "./RememberedItems";

export default function RememberedLine({ items }: { items: readonly RecalledItem[] }) {
  const { t } = useLingui();
  const [isOpen, setOpen] = useState(false);
  const listId = useId();
  return (
    <div className="text-sm">
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={isOpen ? listId : undefined}
        onClick={() => setOpen(!isOpen)}
        className="-ml-1.5 flex h-8 items-center gap-1 rounded-md px-1.5 text-muted hover:bg-hover hover:text-ink"
      >
        <ChevronRightIcon className={`size-4 transition-transform duration-150 ${isOpen ? "rotate-90" : ""}`} />
        <Plural
          value={items.length}
          one="Remembered # thing you talked about"
          other="Remembered # things you talked about"
        />
      </button>
      {isOpen && (
        <section id={listId} aria-label={t`What was remembered`} className="mt-2 animate-appear">
          <RememberedItems items={items} />
        </section>
      )}
    </div>
  );
}
