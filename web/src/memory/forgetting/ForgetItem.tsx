// Forgetting one item, after saying what goes with it.
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Button, Checkbox, InlineNotice } from "@/design";
import { useAttempt } from "@/managing/use_attempt";
import { type Item, useMemoryActs } from "@/wire/memory";

type ForgetItemProps = { item: Item; versions: number; onForgotten: () => void; onCancel: () => void };

export function ForgetItem({ item, versions, onForgotten, onCancel }: ForgetItemProps) {
  const { t } = useLingui();
  const { forgetItem, forgetThese } = useMemoryActs();
  const turns = [...new Set(item.sources.map(({ message }) => message))];
  const [withTurns, setWithTurns] = useState(turns.length > 0);
  const { problem, isPending, attempt } = useAttempt(onForgotten);
  const forget = () => (withTurns ? forgetThese([item.id], turns) : forgetItem(item.id));
  return (
    <section aria-label={t`Forget it?`} className="flex flex-col gap-3 rounded-lg border border-line-strong p-4">
      {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
      <p>
        {versions > 0 ? (
          <Plural
            value={versions}
            one="Its words go for good, with its former version and every summary drawn from it. They do not come back, not even by another import."
            other="Its words go for good, with its # former versions and every summary drawn from it. They do not come back, not even by another import."
          />
        ) : (
          <Trans>
            Its words go for good, with every summary drawn from it. They do not come back, not even by another import.
          </Trans>
        )}
      </p>
      {turns.length > 0 && (
        <Checkbox isSelected={withTurns} onChange={setWithTurns}>
          <span>
            <Plural
              value={turns.length}
              one="Also forget the message that it is from, else agents may still find it there"
              other="Also forget the # messages that it is from, else agents may still find it there"
            />
            <span className="block text-muted text-sm">
              <Trans>
                It stays in its conversation, where you read it, and so does the agent of that conversation.
              </Trans>
            </span>
          </span>
        </Checkbox>
      )}
      <div className="flex flex-wrap gap-2">
        <Button variant="danger" size="sm" isPending={isPending} onPress={() => void attempt(forget)}>
          <Trans>Forget for good</Trans>
        </Button>
        <Button variant="quiet" size="sm" autoFocus onPress={onCancel}>
          <Trans>Cancel</Trans>
        </Button>
      </div>
    </section>
  );
}
