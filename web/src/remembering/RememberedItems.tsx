/** The remembered turns themselves: their texts are asked for now, so what was forgotten since is not shown. */
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, InlineNotice, Spinner } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { type RecalledItem, refusalOf } from "@/wire";
import { type KeptWords, useKeptTurns } from "@/wire/remembering";
import { byDay } from "./by_day";
import { RememberedItem } from "./RememberedItem";

export function RememberedItems({ items }: { items: readonly RecalledItem[] }) {
  const problemText = useProblemText();
  const { status, data, error, ask } = useKeptTurns(items.map(({ message }) => message));
  if (status === "loading") return <Spinner className="size-5 text-muted" />;
  if (data === undefined) {
    return (
      <InlineNotice tone="danger">
        {problemText(refusalOf(error))}{" "}
        <Button size="sm" variant="quiet" onPress={ask}>
          <Trans>Try again</Trans>
        </Button>
      </InlineNotice>
    );
  }
  if (items.some(({ why }) => why.timeline)) return <Timeline items={items} texts={data} />;
  return (
    <ul className="flex flex-col gap-3">
      {items.map((item) => (
        <RememberedItem key={item.message} item={item} kept={data.get(item.message)} />
      ))}
    </ul>
  );
}

/** A time was asked for: what was said then, day by day. */
function Timeline({ items, texts }: { items: readonly RecalledItem[]; texts: ReadonlyMap<string, KeptWords> }) {
  const { t, i18n } = useLingui();
  return (
    <ol aria-label={t`Timeline`} className="flex flex-col gap-4">
      {byDay(items).map(([day, said]) => (
        <li key={day} className="flex flex-col gap-2">
          <h4 className="font-medium text-ink">
            <time dateTime={day}>{i18n.date(new Date(`${day}T12:00`), { dateStyle: "full" })}</time>
          </h4>
          <ul className="flex flex-col gap-3">
            {said.map((item) => (
              <RememberedItem key={item.message} item={item} kept={texts.get(item.message)} isUnderItsDay />
            ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}
