// What is kept of the person here: all of it as a file, and the end of it.
import { DeletionSection } from "./DeletionSection";
import { ExportSection } from "./ExportSection";

export function YourDataSettings() {
  return (
    <>
      <ExportSection />
      <DeletionSection />
    </>
  );
}
