/** The way to what an agent was shown of other conversations and of memory, where it was shown anything. */
import { lazy, Suspense } from "react";
import { withTextsOf } from "@/app/with_texts";
import type { ShownRun } from "@/wire";

const RememberedLine = lazy(withTextsOf("later")(() => import("@/remembering/RememberedLine")));

export function Remembered({ run }: { run: ShownRun | undefined }) {
  const items = run?.recalled ?? []; // an older server says nothing of it
  const known = run?.known ?? [];
  if (items.length + known.length === 0) return null;
  return (
    <Suspense fallback={<div className="h-8" />}>
      <RememberedLine items={items} known={known} />
    </Suspense>
  );
}
