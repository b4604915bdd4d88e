// What happened to one's own account: what one did oneself, and what others did.
import { Trans, useLingui } from "@lingui/react/macro";
import { EventRow, LIST } from "@/audit/EventRow";
import { MoreButton } from "@/audit/MoreButton";
import { type AuditedEvent, useMe } from "@/wire";
import { useMyActivity } from "@/wire/security";
import { Asked } from "../Asked";
import { Section } from "../Section";

export function ActivitySection() {
  const { t } = useLingui();
  const activity = useMyActivity();
  return (
    <Section
      title={t`Activity`}
      description={t`What was done to your account. Change your password if it was not you.`}
    >
      <Asked question={activity}>
        {(events) => (
          <>
            <ul aria-label={t`Activity`} className={LIST}>
              {events.map((event) => (
                <EventRow key={event.seq} event={event}>
                  <Doer event={event} />
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

/** Who did it, unless it was oneself. */
function Doer({ event }: { event: AuditedEvent }) {
  const me = useMe();
  const { actor_name: by } = event;
  if (by === null || event.actor === me?.user_id) return null;
  return (
    <span className="text-sm">
      <Trans>by {by}</Trans>
    </span>
  );
}
