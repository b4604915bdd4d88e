// What can be done with one item: another text, always shown or not, forgotten.
import { Trans } from "@lingui/react/macro";
import { useState } from "react";
import { Button, InlineNotice, PencilIcon } from "@/design";
import { DeleteIcon, PinIcon } from "@/design/parts/thread_icons";
import { useAttempt } from "@/managing/use_attempt";
import { type Item, useMemoryActs } from "@/wire/memory";
import { ForgetItem } from "../forgetting/ForgetItem";

type ItemActsProps = { item: Item; versions: number; onChange: () => void; onForgotten: () => void };

export function ItemActs({ item, versions, onChange, onForgotten }: ItemActsProps) {
  const { pin } = useMemoryActs();
  const [isForgetting, setForgetting] = useState(false);
  const [isPinning, setPinning] = useState(false);
  const { problem, attempt } = useAttempt(() => undefined);
  const toggle = async () => {
    setPinning(true);
    await attempt(() => pin(item.id, !item.pinned));
    setPinning(false);
  };
  if (isForgetting) {
    return (
      <ForgetItem item={item} versions={versions} onForgotten={onForgotten} onCancel={() => setForgetting(false)} />
    );
  }
  return (
    <>
      {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
      <div className="flex flex-wrap gap-2">
        {item.state !== "superseded" && (
          <>
            <Button size="sm" onPress={onChange}>
              <PencilIcon className="size-4" />
              <Trans>Change</Trans>
            </Button>
            <Button size="sm" isPending={isPinning} aria-pressed={item.pinned} onPress={() => void toggle()}>
              <PinIcon className={`size-4 ${item.pinned ? "fill-current" : ""}`} />
              {item.pinned ? <Trans>Unpin</Trans> : <Trans>Pin</Trans>}
            </Button>
          </>
        )}
        <Button size="sm" variant="quiet" onPress={() => setForgetting(true)}>
          <DeleteIcon className="size-4" />
          <Trans>Forget…</Trans>
        </Button>
      </div>
    </>
  );
}
