// Everything that is kept of somebody, as a file, for an administrator to hand over to them.
import { useLingui } from "@lingui/react/macro";
import { Section } from "@/settings/Section";
import { ExportCard } from "@/settings/your_data/ExportSection";
import { useAdministrationActs, useExportOf } from "@/wire/administration";

export function PersonExport({ userId }: { userId: string }) {
  const { t } = useLingui();
  const { beginExportOf, fetchExportOf } = useAdministrationActs();
  return (
    <Section
      title={t`Export of their data`}
      description={t`For somebody who asks for it and cannot do it themselves. The file holds their conversations: hand it to nobody else.`}
    >
      <ExportCard
        newest={useExportOf(userId)}
        beginExport={() => beginExportOf(userId)}
        fetchExport={() => fetchExportOf(userId)}
      />
    </Section>
  );
}
