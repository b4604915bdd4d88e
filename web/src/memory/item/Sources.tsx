// The very words that an item was taken from, each with the way to its message.
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import type { Item } from "@/wire/memory";
import { useDay } from "../use_day";
import { Part, QUOTED } from "./Part";

function PutLater({ text }: { text: string }) {
  const { t } = useLingui();
  const words = t`“${text}”`;
  return (
    <p className="wrap-anywhere">
      <Trans>Put later as {words}</Trans>
    </p>
  );
}

export function Sources({ item }: { item: Item }) {
  const { t } = useLingui();
  const dayOf = useDay();
  if (item.sources.length === 0) return null;
  return (
    <Part title={t`Where it is from`}>
      <ul className={QUOTED}>
        {item.sources.map(({ message, thread, quote, said_at, since }) => (
          <li key={`${message} ${quote}`} className="flex flex-col gap-0.5">
            <blockquote className="line-clamp-6 whitespace-pre-line wrap-anywhere">{t`“${quote}”`}</blockquote>
            {since && <PutLater text={since.text} />}
            <p className="flex flex-wrap gap-x-3 text-muted text-sm">
              <time dateTime={said_at}>{dayOf(said_at)}</time>
              <Link
                to="/t/$threadId"
                params={{ threadId: thread }}
                hash={message}
                className="font-medium text-link underline-offset-3 hover:underline"
              >
                <Trans>Show it where it was said</Trans>
              </Link>
            </p>
          </li>
        ))}
      </ul>
    </Part>
  );
}
