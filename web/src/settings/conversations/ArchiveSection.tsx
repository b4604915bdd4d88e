// The archive: conversations that are kept, found by search, and in nobody's way.
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, InlineNotice, Spinner } from "@/design";
import { ArchiveIcon } from "@/design/parts/thread_icons";
import { useProblemText } from "@/i18n/problem_text";
import { useThreadActs } from "@/managing/use_thread_acts";
import { type Thread, type ThreadList, useThreads } from "@/wire";
import { Nothing } from "../Nothing";
import { Section } from "../Section";
import { ThreadCard } from "./ThreadCard";

const ARCHIVED = { archived: true } as const;

export function ArchiveSection() {
  const { t } = useLingui();
  return (
    <Section
      title={t`Archived conversations`}
      description={t`Not in the list at the side, but kept and found by search.`}
    >
      <Archive list={useThreads(ARCHIVED)} />
    </Section>
  );
}

function Archive({ list }: { list: ThreadList }) {
  const { t } = useLingui();
  const problemText = useProblemText();
  if (list.status === "loading") return <Spinner label={t`Loading`} className="size-5 text-muted" />;
  if (list.status === "failed") {
    return (
      <InlineNotice tone="danger">
        <p>{problemText(list.problem ?? { code: "unexpected" })}</p>
        <Button size="sm" className="mt-2" onPress={list.reload}>
          <Trans>Try again</Trans>
        </Button>
      </InlineNotice>
    );
  }
  if (list.threads.length === 0 && !list.hasMore) {
    return (
      <Nothing icon={<ArchiveIcon />}>
        <Trans>Nothing is archived. The menu of each conversation has “Archive”.</Trans>
      </Nothing>
    );
  }
  return (
    <>
      <ul
        aria-label={t`Archived conversations`}
        className="flex flex-col divide-y divide-line rounded-xl border border-line bg-surface shadow-low"
      >
        {list.threads.map((thread) => (
          <Archived key={thread.id} thread={thread} />
        ))}
      </ul>
      {list.hasMore && (
        <Button className="self-center" onPress={() => void list.loadMore()}>
          <Trans>Show more</Trans>
        </Button>
      )}
    </>
  );
}

function Archived({ thread }: { thread: Thread }) {
  const { i18n } = useLingui();
  const { change, remove } = useThreadActs();
  const day = i18n.date(new Date(thread.updated_at), { dateStyle: "long" });
  return (
    <ThreadCard thread={thread} isLink about={<Trans>Last message on {day}</Trans>}>
      <Button size="sm" onPress={() => void change(thread, { archived: false })}>
        <Trans>Put back into the list</Trans>
      </Button>
      <Button size="sm" variant="quiet" onPress={() => void remove(thread, false)}>
        <Trans>Delete</Trans>
      </Button>
    </ThreadCard>
  );
}
