// Conversations that are in no list: for how long any is kept, the archive, and what was deleted but can come back.
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
    </>
  );
}
