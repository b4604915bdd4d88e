/** Under an answer: what the agent was shown of other conversations and of memory, as one line that opens. */
import { Plural, useLingui } from "@lingui/react/macro";
import { useId, useState } from "react";
import { ChevronRightIcon } from "@/design";
import type { KnownItem, RecalledItem } from "@/wire";
import { KnownItems } from "./KnownItems";
import { RememberedItems } from "./RememberedItems";

interface RememberedLineProps {
  items: readonly RecalledItem[];
  known: readonly KnownItem[];
}

export default function RememberedLine({ items, known }: RememberedLineProps) {
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
        className="-ml-1.5 flex min-h-8 items-center gap-1 rounded-md px-1.5 text-left text-muted hover:bg-hover hover:text-ink"
      >
        <ChevronRightIcon className={`size-4 transition-transform duration-150 ${isOpen ? "rotate-90" : ""}`} />
        <Summary items={items} known={known} />
      </button>
      {isOpen && (
        <section
          id={listId}
          aria-label={t`What was remembered`}
          className="mt-2 flex animate-appear flex-col gap-4 border-line border-l-2 pl-3.5"
        >
          {items.length > 0 && <RememberedItems items={items} />}
          {known.length > 0 && <KnownItems known={known} />}
        </section>
      )}
    </div>
  );
}

/** What is shown with every answer is told only where nothing else is: it would stand under each of them. */
function Summary({ items, known }: RememberedLineProps) {
  const fitting = known.filter(({ why }) => !why.always).length;
  if (items.length + fitting === 0) {
    return <Plural value={known.length} one="Kept # thing about you in mind" other="Kept # things about you in mind" />;
  }
  if (fitting > 0) {
    return <Plural value={items.length + fitting} one="Remembered # thing" other="Remembered # things" />;
  }
  return (
    <Plural
      value={items.length}
      one="Remembered # thing you talked about"
      other="Remembered # things you talked about"
    />
  );
}
