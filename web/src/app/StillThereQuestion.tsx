// Asks whether somebody is still there, before the server signs them out; its window is fetched when it is first needed.
import { lazy, Suspense } from "react";
import { useInactivity } from "@/wire";

const StillThereDialog = lazy(() => import("./StillThereDialog"));

export function StillThereQuestion() {
  const { endsAt } = useInactivity();
  if (endsAt === undefined) return null;
  return (
    <Suspense>
      <StillThereDialog endsAt={endsAt} />
    </Suspense>
  );
}
