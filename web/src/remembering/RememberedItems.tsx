/** The remembered turns themselves: their texts are asked for now, so what was forgotten since is not shown. */
import { Trans } from "@lingui/react/macro";
import { Button, InlineNotice, Spinner } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { type RecalledItem, refusalOf } from "@/wire";
import { useKeptTurns } from "@/wire/remembering";
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
  return (
    <ul className="flex flex-col gap-3 border-line border-l-2 pl-3.5">
      {items.map((item) => (
        <RememberedItem key={item.message} item={item} text={data.get(item.message)} />
      ))}
    </ul>
  );
}
