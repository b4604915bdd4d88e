// What is kept of the person here: all of it as a file, and the end of it.
import { useLook } from "@/wire/impersonation";
import { OnlyTheirs } from "../OnlyTheirs";
import { DeletionSection } from "./DeletionSection";
import { ExportSection } from "./ExportSection";

export function YourDataSettings() {
  const { look } = useLook();
  if (look !== undefined) return <OnlyTheirs />;
  return (
    <>
      <ExportSection />
      <DeletionSection />
    </>
  );
}
