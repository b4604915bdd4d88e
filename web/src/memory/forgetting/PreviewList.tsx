// What would be forgotten, all of it ticked; what is not ticked stays.
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import { Badge, Button, Checkbox, InlineNotice } from "@/design";
import { useAttempt } from "@/managing/use_attempt";
import { type ForgetPreview, type Forgotten, useMemoryActs } from "@/wire/memory";
import { Origin } from "../Origin";
import { Speaker } from "../Speaker";
import { KIND_NAMES } from "../words";

type PreviewListProps = { preview: ForgetPreview; onForgotten: (counted: Forgotten) => void };

export function PreviewList({ preview, onForgotten }: PreviewListProps) {
  const { t, i18n } = useLingui();
  const { items, turns, is_cut } = preview;
  const { forgetThese } = useMemoryActs();
  const { problem, isPending, attempt } = useAttempt(() => undefined);
  const all = [...items.map(({ id }) => id), ...turns.map(({ message }) => message)];
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  const count = all.length - kept.size;
  const tick = (id: string, isTicked: boolean) =>
    setKept((before) => new Set(isTicked ? [...before].filter((each) => each !== id) : [...before, id]));
  const forget = async () => {
    const those = (ids: string[], areKept: boolean) => ids.filter((id) => kept.has(id) === areKept);
    const [made, said] = [items.map(({ id }) => id), turns.map(({ message }) => message)];
    const [kept_items, kept_turns] = [those(made, true), those(said, true)];
    onForgotten(await forgetThese({ items: those(made, false), turns: those(said, false), kept_items, kept_turns }));
  };
  if (all.length === 0) {
    return (
      <p role="status" className="py-2 text-center text-muted">
        <Trans>Nothing is remembered about that.</Trans>
      </p>
    );
  }
  return (
    <>
      <p role="status" className="sr-only">
        <Plural value={all.length} one="# thing would go" other="# things would go" />
      </p>
      {is_cut && (
        <InlineNotice tone="warning">
          <Trans>There is more than can go at once. Forget these first, then look again.</Trans>
        </InlineNotice>
      )}
      <Checkbox
        isSelected={kept.size === 0}
        isIndeterminate={kept.size > 0 && count > 0}
        onChange={(isWhole) => setKept(isWhole ? new Set() : new Set(all))}
      >
        <span className="font-medium">
          <Trans>Everything below</Trans>
        </span>
      </Checkbox>
      {items.length > 0 && (
        <Ticks label={t`What is remembered`}>
          {items.map((item) => (
            <Tick key={item.id} isTicked={!kept.has(item.id)} onChange={(is) => tick(item.id, is)}>
              <span lang={item.language || undefined} className="line-clamp-3 wrap-anywhere">
                {item.text}
              </span>
              <span className="flex flex-wrap items-center gap-2 text-muted text-sm">
                <Badge>{i18n._(KIND_NAMES[item.kind])}</Badge>
                <Origin item={item} />
              </span>
            </Tick>
          ))}
        </Ticks>
      )}
      {turns.length > 0 && (
        <Ticks label={t`What was said`}>
          {turns.map((turn) => (
            <Tick key={turn.message} isTicked={!kept.has(turn.message)} onChange={(is) => tick(turn.message, is)}>
              <span className="line-clamp-3 wrap-anywhere">{turn.text}</span>
              <Speaker turn={turn} />
            </Tick>
          ))}
        </Ticks>
      )}
      {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
      <Button variant="danger" isDisabled={count === 0} isPending={isPending} onPress={() => void attempt(forget)}>
        <Plural value={count} one="Forget # thing for good" other="Forget # things for good" />
      </Button>
    </>
  );
}

function Ticks({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section aria-label={label} className="flex flex-col gap-1">
      <h3 className="font-medium text-muted text-sm">{label}</h3>
      <ul className="flex max-h-72 flex-col divide-y divide-line overflow-y-auto rounded-lg border border-line px-3">
        {children}
      </ul>
    </section>
  );
}

type TickProps = { isTicked: boolean; onChange: (isTicked: boolean) => void; children: ReactNode };

function Tick({ isTicked, onChange, children }: TickProps) {
  return (
    <li className="py-1.5">
      <Checkbox isSelected={isTicked} onChange={onChange}>
        <span className="flex min-w-0 flex-1 flex-col gap-1">{children}</span>
      </Checkbox>
    </li>
  );
}
