/** One remembered turn: when and by whom it was said, its words, why it fits, the way to it, and forgetting it. */
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { type RecalledItem, useAgents } from "@/wire";
import { useLook } from "@/wire/impersonation";
import type { KeptWords } from "@/wire/remembering";
import { ForgetTurn } from "./ForgetTurn";
import { SoNow } from "./SoNow";
import { Why } from "./Why";

interface RememberedItemProps {
  item: RecalledItem;
  /** Undefined: it is remembered no longer. */
  kept: KeptWords | undefined;
  /** Its day stands above it: the time alone is shown. */
  isUnderItsDay?: boolean;
}

function Outdated({ how }: { how: RecalledItem["outdated"] }) {
  if (how === "corrected") return <Trans>The agent was told that you corrected it since.</Trans>;
  if (how === "changed") return <Trans>The agent was told that it is so no longer.</Trans>;
  if (how === "edited") return <Trans>The agent was told how you put it later.</Trans>;
  return null;
}

export function RememberedItem({ item, kept, isUnderItsDay = false }: RememberedItemProps) {
  const { t, i18n } = useLingui();
  const agents = useAgents().data;
  const { look } = useLook();
  const agent = agents?.find(({ id }) => id === item.speaker)?.name ?? item.speaker;
  const who = item.role === "user" ? t`You` : agent;
  const day = i18n.date(new Date(item.said_at), isUnderItsDay ? { timeStyle: "short" } : { dateStyle: "long" });
  return (
    <li className="flex flex-col gap-1">
      <p className="text-muted">
        <time dateTime={item.said_at}>{day}</time>, <span className="font-medium text-ink">{who}</span>
      </p>
      {kept === undefined ? (
        <p className="text-muted italic">
          <Trans>This is not remembered any more.</Trans>
        </p>
      ) : (
        <>
          <blockquote className="line-clamp-4 whitespace-pre-line wrap-anywhere">{kept.text}</blockquote>
          {kept.since.map((now) => (
            <SoNow key={now.text} how={now.how} text={now.text} />
          ))}
          <p className="text-muted">
            {item.why.pasted && (
              <>
                <Trans>Perhaps not your own words: pasted, or quoted.</Trans>{" "}
              </>
            )}
            <Why why={item.why} /> <Outdated how={item.outdated} />
          </p>
          <div className="flex flex-wrap items-center gap-x-3">
            <Link
              to="/t/$threadId"
              params={{ threadId: item.thread }}
              hash={item.message}
              className="font-medium text-link underline-offset-3 hover:underline"
            >
              <Trans>Show it where it was said</Trans>
            </Link>
            {!look && <ForgetTurn message={item.message} />}
          </div>
        </>
      )}
    </li>
  );
}
