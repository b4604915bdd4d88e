// What was deleted and can still be brought back, with the day on which it goes.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Asked } from "@/app/Asked";
import { MoreButton } from "@/audit/MoreButton";
import { Button, Dialog, InlineNotice } from "@/design";
import { DeleteIcon } from "@/design/parts/thread_icons";
import { useAttempt } from "@/managing/use_attempt";
import { useThreadActs } from "@/managing/use_thread_acts";
import type { RestorableThread, Thread } from "@/wire";
import { useDeletedThreads } from "@/wire/kept";
import { eraseThread } from "@/wire/managing";
import { Nothing } from "../Nothing";
import { Section } from "../Section";
import { ThreadCard } from "./ThreadCard";

export function DeletedSection() {
  const { t } = useLingui();
  const deleted = useDeletedThreads();
  const [erasing, setErasing] = useState<Thread>();
  return (
    <Section
      title={t`Recently deleted`}
      description={t`Found nowhere any more; it can be brought back until it is erased.`}
    >
      <Asked question={deleted}>
        {(threads) =>
          threads.length === 0 ? (
            <Nothing icon={<DeleteIcon />}>
              <Trans>Nothing was deleted lately.</Trans>
            </Nothing>
          ) : (
            <ul
              aria-label={t`Recently deleted`}
              className="flex flex-col divide-y divide-line rounded-xl border border-line bg-surface shadow-low"
            >
              {threads.map((each) => (
                <Deleted key={each.thread.id} restorable={each} onErase={() => setErasing(each.thread)} />
              ))}
            </ul>
          )
        }
      </Asked>
      <MoreButton pages={deleted} />
      {erasing && <EraseDialog thread={erasing} onClose={() => setErasing(undefined)} />}
    </Section>
  );
}

function Deleted({ restorable, onErase }: { restorable: RestorableThread; onErase: () => void }) {
  const { i18n } = useLingui();
  const { restore } = useThreadActs();
  const { thread } = restorable;
  const moment = i18n.date(new Date(restorable.restorable_until), { dateStyle: "long", timeStyle: "short" });
  return (
    <ThreadCard thread={thread} about={<Trans>Will be erased on {moment}</Trans>}>
      <Button size="sm" onPress={() => void restore(thread)}>
        <Trans>Bring it back</Trans>
      </Button>
      <Button size="sm" variant="quiet" onPress={onErase}>
        <Trans>Erase now…</Trans>
      </Button>
    </ThreadCard>
  );
}

function EraseDialog({ thread, onClose }: { thread: Thread; onClose: () => void }) {
  const { t } = useLingui();
  const { problem, isPending, attempt } = useAttempt(onClose);
  return (
    <Dialog title={t`Erase this conversation now?`} isOpen onOpenChange={onClose}>
      {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
      <p className="font-medium wrap-anywhere">{thread.title}</p>
      <p className="text-muted">
        <Trans>Everything that was said in it is erased from this server. Nobody can bring it back.</Trans>
      </p>
      <div className="flex flex-col gap-2">
        <Button variant="danger" isPending={isPending} onPress={() => void attempt(() => eraseThread(thread.id))}>
          <Trans>Erase now</Trans>
        </Button>
        <Button variant="quiet" autoFocus onPress={onClose}>
          <Trans>Cancel</Trans>
        </Button>
      </div>
    </Dialog>
  );
}
