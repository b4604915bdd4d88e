// What this server's limits mean for the person here.
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { Asked } from "@/app/Asked";
import { InlineNotice } from "@/design";
import { durationText } from "@/managing/duration_text";
import { daysText } from "@/managing/kept_until";
import type { Retention } from "@/wire";
import { useRetention, useRetentionPreview } from "@/wire/kept";
import { Section } from "../Section";

export function KeptSection() {
  const { t } = useLingui();
  return (
    <Section
      title={t`How long conversations are kept`}
      description={t`“Keep for…” in the menu of a conversation limits how long that one is kept.`}
    >
      <Asked question={useRetention()}>{(retention) => <Limits retention={retention} />}</Asked>
    </Section>
  );
}

function Limits({ retention }: { retention: Retention }) {
  const { i18n } = useLingui();
  const days = retention.days === null ? null : daysText(i18n.locale, retention.days);
  const deleted = durationText(i18n.locale, retention.deleted_days * 24);
  const temporary = durationText(i18n.locale, retention.temporary_hours);
  return (
    <div className="flex flex-col gap-3 rounded-xl border border-line bg-surface p-5 shadow-low">
      <p>
        {days === null ? (
          <Trans>This server keeps conversations until you delete them.</Trans>
        ) : (
          <Trans>This server erases every conversation {days} after its last message. Nobody can bring it back.</Trans>
        )}
      </p>
      <p className="text-muted text-sm">
        <Trans>
          Deleted ones are erased after {deleted}; temporary ones {temporary} after their last message.
        </Trans>
      </p>
      <NextToGo />
    </div>
  );
}

/** By the server's limit or one's own, whichever comes first. */
function NextToGo() {
  const { i18n } = useLingui();
  const preview = useRetentionPreview(null).data;
  if (preview === undefined) return null;
  const day = preview.next_at && i18n.date(new Date(preview.next_at), { dateStyle: "long" });
  return (
    <>
      {preview.threads > 0 && (
        <InlineNotice tone="warning">
          <Plural
            value={preview.threads}
            one="# conversation is beyond its limit and is about to be erased."
            other="# conversations are beyond their limit and are about to be erased."
          />
        </InlineNotice>
      )}
      <p className="text-muted text-sm">
        {day ? (
          <Trans>If nothing more is said, the next one is erased on {day}.</Trans>
        ) : (
          <Trans>None of yours has a limit that ends.</Trans>
        )}
      </p>
    </>
  );
}
