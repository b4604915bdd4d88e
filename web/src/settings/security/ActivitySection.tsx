// What happened to one's own account: what one did oneself, and what others did.
import { Trans, useLingui } from "@lingui/react/macro";
import { Asked } from "@/app/Asked";
import { EventRow, LIST } from "@/audit/EventRow";
import { MoreButton } from "@/audit/MoreButton";
import { type AuditedEvent, useMe } from "@/wire";
import { useMyActivity } from "@/wire/security";
import { Section } from "../Section";

export function ActivitySection() {
  const { t } = useLingui();
  const activity = useMyActivity();
  return (
    <Section
      title={t`Activity`}
      description={t`What you did, and what was done to your account. Change your password if it was not you.`}
    >
      <Asked question={activity}>
        {(events) => (
          <>
            <ul aria-label={t`Activity`} className={LIST}>
              {events.map((event) => (
                <EventRow key={event.seq} event={event}>
                  <Others event={event} />
                </EventRow>
              ))}
            </ul>
            <MoreButton pages={activity} />
          </>
        )}
      </Asked>
    </Section>
  );
}

/** Who else took part: whoever did it, or whom one did it to. */
function Others({ event }: { event: AuditedEvent }) {
  const me = useMe();
  const { actor, actor_name: by, subject, subject_name: whom } = event;
  const isOwn = actor === me?.user_id;
  if (isOwn && whom !== null && subject !== actor) {
    return (
      <span className="text-sm">
        <Trans>by you, on {whom}</Trans>
      </span>
    );
  }
  if (isOwn || by === null) return null;
  return (
    <span className="text-sm">
      <Trans>by {by}</Trans>
    </span>
  );
}
