// One line of the audit log: what happened, who did it to whom, when and from where.
import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Badge } from "@/design";
import { useDeviceName } from "@/settings/security/SessionRow";
import type { AuditedEvent } from "@/wire";
import { useEventDetail, useEventText } from "./event_text";

type EventRowProps = { event: AuditedEvent; children?: ReactNode };

/** `children` say who did it to whom, where that is not obvious. */
export function EventRow({ event, children }: EventRowProps) {
  const { i18n } = useLingui();
  const textOf = useEventText();
  const detail = useEventDetail()(event);
  const deviceOf = useDeviceName();
  const at = new Date(event.at);
  const place = [event.agent !== null && deviceOf(event.agent), event.network].filter(Boolean).join(" · ");
  return (
    <li className="flex flex-col gap-0.5 px-4 py-3">
      <span className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-medium">{textOf(event)}</span>
        {event.outcome === "failure" && (
          <Badge tone="danger">
            <Trans>Failed</Trans>
          </Badge>
        )}
        <time dateTime={event.at} className="w-full text-muted text-sm tabular-nums sm:ml-auto sm:w-auto">
          {i18n.date(at, { dateStyle: "medium", timeStyle: "medium" })}
        </time>
      </span>
      {children}
      {detail && <span className="text-sm wrap-anywhere">{detail}</span>}
      {place && <span className="text-muted text-sm wrap-anywhere">{place}</span>}
    </li>
  );
}

export const LIST =
  "flex flex-col divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface shadow-low";
