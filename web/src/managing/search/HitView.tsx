// One thing that was found: where, when, who said it, and the words around it, as plain text with marks.
import { useLingui } from "@lingui/react/macro";
import { Badge } from "@/design";
import { type SearchHit, useAgents } from "@/wire";

type HitViewProps = { id: string; hit: SearchHit; isChosen: boolean; onPoint: () => void; onOpen: () => void };

export function HitView({ id, hit, isChosen, onPoint, onOpen }: HitViewProps) {
  const { t, i18n } = useLingui();
  const { thread, message, role } = hit;
  const agents = useAgents().data;
  const agent = agents?.find((each) => each.id === thread.agent)?.name ?? thread.agent;
  const day = i18n.date(new Date(hit.said_at), { dateStyle: "medium" });
  const who = role === "user" ? t`You` : agent;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
    // biome-ignore lint/a11y/useFocusableInteractive: it is named by the field as its active one
    <div
      id={id}
      role="option"
      aria-selected={isChosen}
      onPointerMove={onPoint}
      onClick={onOpen}
      className="flex cursor-default flex-col gap-0.5 rounded-lg px-3 py-2.5 aria-selected:bg-hover"
    >
      <div className="flex items-baseline gap-2">
        <span className="min-w-0 flex-1 truncate font-medium">
          {message === null ? <Excerpt hit={hit} /> : thread.title || t`New conversation`}
        </span>
        {thread.archived && <Badge>{t`Archived`}</Badge>}
        <span className="shrink-0 text-muted text-sm">{day}</span>
      </div>
      {message !== null && (
        <p className="line-clamp-3 text-muted text-sm wrap-anywhere">
          <span className="font-medium text-ink">{who}</span> <Excerpt hit={hit} />
        </p>
      )}
    </div>
  );
}

function Excerpt({ hit }: { hit: SearchHit }) {
  // The pieces of one excerpt never change places.
  return hit.excerpt.map(({ text, hit: isHit }, place) =>
    isHit ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: see above
      <mark key={place} className="rounded-sm bg-warning-soft px-0.5 font-medium text-ink">
        {text}
      </mark>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: see above
      <span key={place}>{text}</span>
    ),
  );
}
