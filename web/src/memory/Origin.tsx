// Where an item is from, and when it was last used, as one would say it.
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { timeAgo } from "@/i18n/relative_time";
import type { Item } from "@/wire/memory";
import { useDay } from "./use_day";

export function Origin({ item }: { item: Item }) {
  const { sources, origin } = item;
  const dayOf = useDay();
  const last = sources
    .map(({ said_at }) => said_at)
    .sort()
    .at(-1);
  const day = dayOf(last ?? item.recorded_at);
  if (item.kind === "summary") return <Trans>Summed up on {day}</Trans>;
  switch (origin) {
    case "written":
      return <Trans>You wrote this on {day}</Trans>;
    case "said":
      return sources.length > 1 ? (
        <Plural
          value={sources.length}
          one={`You said this on ${day}`}
          other={`You said this # times, last on ${day}`}
        />
      ) : (
        <Trans>You said this on {day}</Trans>
      );
    case "agent":
      return <Trans>An agent said this on {day}</Trans>;
    case "document":
      return <Trans>From a document, read on {day}</Trans>;
    case "web":
      return <Trans>From a web page, read on {day}</Trans>;
    case "tool":
      return <Trans>From a tool, on {day}</Trans>;
  }
}

export function LastUse({ item }: { item: Item }) {
  const { t, i18n } = useLingui();
  if (item.last_used_at === null) return <Trans context="what is remembered">Not used yet</Trans>;
  const ago = timeAgo(new Date(item.last_used_at), new Date(), i18n.locale) ?? t`just now`;
  return <Trans context="what is remembered">Last used {ago}</Trans>;
}
