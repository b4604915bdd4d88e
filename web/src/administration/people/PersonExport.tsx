// Everything that is kept of somebody, as a file, for an administrator to hand over to them.
import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Section } from "@/settings/Section";
import { ExportCard } from "@/settings/your_data/ExportSection";
import type { AdministeredPerson } from "@/wire";
import { useAdministrationActs, useExportOf } from "@/wire/administration";
import { ExportDialog } from "./ExportDialog";

export function PersonExport({ person }: { person: AdministeredPerson }) {
  const { t } = useLingui();
  const { fetchExportOf } = useAdministrationActs();
  const [isAsking, setAsking] = useState(false);
  return (
    <Section
      title={t`Export of their data`}
      description={t`For somebody who asks for it and cannot do it themselves. The file holds their conversations: hand it to nobody else.`}
    >
      <ExportCard
        newest={useExportOf(person.user_id)}
        beginExport={async () => setAsking(true)}
        fetchExport={() => fetchExportOf(person.user_id)}
      />
      {isAsking && <ExportDialog person={person} onClose={() => setAsking(false)} />}
    </Section>
  );
}
