// Forgetting one item, after saying what goes with it.
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { Button, InlineNotice } from "@/design";
import { useAttempt } from "@/managing/use_attempt";
import { type Item, useMemoryActs } from "@/wire/memory";

type ForgetItemProps = { item: Item; versions: number; onForgotten: () => void; onCancel: () => void };

export function ForgetItem({ item, versions, onForgotten, onCancel }: ForgetItemProps) {
  const { t } = useLingui();
  const { forgetItem } = useMemoryActs();
  const messages = new Set(item.sources.map(({ message }) => message)).size;
  const { problem, isPending, attempt } = useAttempt(onForgotten);
  return (
    <section aria-label={t`Forget it?`} className="flex flex-col gap-3 rounded-lg border border-line-strong p-4">
      {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
      <p>
        <Trans>Its words go for good, and do not come back, not even by another import.</Trans>
      </p>
      <ul className="flex list-disc flex-col gap-1 pl-5 text-muted text-sm">
        {messages > 0 && (
          <li>
            <Plural
              value={messages}
              one="Memory also loses the message that it is from. That stays in its conversation, where you and its agent read it."
              other="Memory also loses the # messages that it is from. Those stay in their conversations, where you and their agents read them."
            />
          </li>
        )}
        {versions > 0 && (
          <li>
            <Plural value={versions} one="Its former version goes with it." other="Its # former versions go with it." />
          </li>
        )}
        <li>
          <Trans>Every summary drawn from it, and every answer that repeats it, goes from memory with it.</Trans>
        </li>
      </ul>
      <div className="flex flex-wrap gap-2">
        <Button
          variant="danger"
          size="sm"
          isPending={isPending}
          onPress={() => void attempt(() => forgetItem(item.id))}
        >
          <Trans>Forget for good</Trans>
        </Button>
        <Button variant="quiet" size="sm" autoFocus onPress={onCancel}>
          <Trans>Cancel</Trans>
        </Button>
      </div>
    </section>
  );
}
