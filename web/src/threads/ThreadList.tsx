/** The user's conversations, latest first, under the days they belong to. */
import { Trans, useLingui } from "@lingui/react/macro";
import { Link, useParams } from "@tanstack/react-router";
import { useEffect, useId, useRef } from "react";
import { Button, Mark, NewChatIcon, Spinner } from "@/design";
import { type ThreadList as Threads, useThreads } from "@/wire";
import { type DayGroup, groupByDay } from "./group_by_day";
import { moveBetweenThreads } from "./move_between_threads";
import { ThreadItem } from "./ThreadItem";
import { useToday } from "./use_today";

export function ThreadList() {
  const { t } = useLingui();
  const list = useThreads();
  const { threadId } = useParams({ strict: false });
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-14 shrink-0 items-center gap-2.5 px-4">
        <Mark className="size-7" />
        <span className="font-semibold text-base tracking-tight">Emergence</span>
      </div>
      <div className="px-2 pb-2">
        <Link
          to="/"
          activeOptions={{ exact: true }}
          className="flex h-10 items-center gap-2.5 rounded-lg px-2.5 font-medium transition-colors duration-150 hover:bg-hover aria-[current]:bg-hover"
        >
          <NewChatIcon className="size-5 text-muted" />
          <Trans>New conversation</Trans>
        </Link>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move between the links inside */}
      <div
        data-threads
        onKeyDown={moveBetweenThreads}
        aria-busy={list.status === "loading"}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-2 pb-4"
      >
        <Days list={list} currentId={threadId} />
        {list.status === "loading" && <Spinner label={t`Loading conversations`} className="late mx-auto mt-6 block" />}
      </div>
    </div>
  );
}

function Days({ list, currentId }: { list: Threads; currentId: string | undefined }) {
  const today = useToday();
  if (list.status === "failed" && list.threads.length === 0) return <Failed onRetry={list.reload} />;
  if (list.status === "ready" && list.threads.length === 0) return <Empty />;
  return (
    <>
      {groupByDay(list.threads, today).map((group) => (
        <Day
          key={group.kind === "earlier" ? group.month.toISOString() : group.kind}
          group={group}
          currentId={currentId}
        />
      ))}
      {list.hasMore && <More onMore={list.loadMore} count={list.threads.length} />}
    </>
  );
}

function Day({ group, currentId }: { group: DayGroup; currentId: string | undefined }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="pt-4 first:pt-1">
      <h2 id={id} className="px-2.5 pb-1 font-medium text-muted text-xs first-letter:uppercase">
        <DayName group={group} />
      </h2>
      <ul className="flex flex-col gap-px">
        {group.threads.map((thread) => (
          <ThreadItem key={thread.id} thread={thread} isCurrent={thread.id === currentId} />
        ))}
      </ul>
    </section>
  );
}

function DayName({ group }: { group: DayGroup }) {
  const { i18n } = useLingui();
  switch (group.kind) {
    case "today":
      return <Trans>Today</Trans>;
    case "yesterday":
      return <Trans>Yesterday</Trans>;
    case "week":
      return <Trans>Previous 7 days</Trans>;
    case "month":
      return <Trans>Previous 30 days</Trans>;
    case "earlier":
      return i18n.date(group.month, { month: "long", year: "numeric" });
  }
}

function Empty() {
  return (
    <p className="px-2.5 pt-3 text-muted text-sm">
      <Trans>Your conversations will be listed here. Start one above.</Trans>
    </p>
  );
}

function Failed({ onRetry }: { onRetry: () => void }) {
  return (
    <div role="alert" className="flex flex-col items-start gap-3 px-2.5 pt-3 text-sm">
      <p className="text-muted">
        <Trans>The conversations could not be loaded.</Trans>
      </p>
      <Button size="sm" onPress={onRetry}>
        <Trans>Try again</Trans>
      </Button>
    </div>
  );
}

/** Loads the next page when it comes into view; a button for those who do not scroll. */
function More({ onMore, count }: { onMore: () => Promise<void>; count: number }) {
  const place = useRef<HTMLDivElement>(null);
  const more = useRef(onMore);
  more.current = onMore;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a longer list may still leave this in view
  useEffect(() => {
    if (place.current === null || typeof IntersectionObserver === "undefined") return undefined;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && void more.current());
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [count]);
  return (
    <div ref={place} className="px-1 pt-3">
      <Button size="sm" variant="quiet" onPress={() => void onMore()}>
        <Trans>Show more</Trans>
      </Button>
    </div>
  );
}
