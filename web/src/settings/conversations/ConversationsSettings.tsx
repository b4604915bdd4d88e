// Conversations that are in no list: the archive, what was deleted but can come back, and for how long any is kept; then
// those beyond this server: brought in, taken along, and shown to others.
import { Links, TakeAlong } from "@/carrying/CarryingSettings";
import { ImportSection } from "@/carrying/ImportSection";
import { useLook } from "@/wire/impersonation";
import { OnlyTheirs } from "../OnlyTheirs";
import { ArchiveSection } from "./ArchiveSection";
import { DeletedSection } from "./DeletedSection";
import { KeptSection } from "./KeptSection";

export function ConversationsSettings() {
  const { look } = useLook();
  if (look !== undefined) return <OnlyTheirs />;
  return (
    <>
      <ArchiveSection />
      <DeletedSection />
      <KeptSection />
      <ImportSection />
      <TakeAlong />
      <Links />
    </>
  );
}
