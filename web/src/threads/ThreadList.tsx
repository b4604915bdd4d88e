/** The user's conversations: pinned ones, folders, then the latest first, under the days they belong to. */
import { Trans, useLingui } from "@lingui/react/macro";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useId, useMemo, useState } from "react";
import { useShell } from "@/app/shell_context";
import { withTextsOf } from "@/app/with_texts";
import { Mark, NewChatIcon, SearchIcon, Spinner } from "@/design";
import { type Thread, type ThreadList as Threads, useFolders, useThreads } from "@/wire";
import { isLooking } from "@/wire/impersonation";
import { FolderGroup } from "./FolderGroup";
import { type DayGroup, groupByDay } from "./group_by_day";
import { Failed, More } from "./ListEnds";
import { type Managed, ManagingContext } from "./managing";
import { moveBetweenThreads } from "./move_between_threads";
import { ThreadItem } from "./ThreadItem";
import "./threads.css";
import { useOpenFolders } from "./use_open_folders";
import { useToday } from "./use_today";

const loadMenu = withTextsOf("later")(() => import("@/managing/ManageMenu"));
const ManageMenu = lazy(loadMenu);
const SEARCH_KEYS = /Mac/.test(navigator.platform) ? "⌘ K" : "Ctrl K";
const AT_TOP = "flex h-10 w-full items-center gap-2.5 rounded-lg px-2.5 hover:bg-hover";

export function ThreadList() {
  const { t } = useLingui();
  const { openSearch } = useShell();
  const list = useThreads();
  const { threadId } = useParams({ strict: false });
  const [managed, manage] = useState<Managed>();
  const [renaming, rename] = useState<string>();
  const managing = useMemo(() => ({ renaming, rename, manage: isLooking() ? undefined : manage }), [renaming]);
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-14 shrink-0 items-center gap-2.5 px-4">
        <Mark className="size-7" />
        <span className="font-semibold text-base tracking-tight">Emergence</span>
      </div>
      <div className="px-2 pb-2">
        <Link to="/" activeOptions={{ exact: true }} className={`${AT_TOP} font-medium aria-[current]:bg-hover`}>
          <NewChatIcon className="size-5 text-muted" />
          <Trans>New conversation</Trans>
        </Link>
        <button type="button" aria-keyshortcuts="Control+K Meta+K" onClick={openSearch} className={AT_TOP}>
          <SearchIcon className="size-5 text-muted" />
          <span className="flex-1 text-left">
            <Trans>Search</Trans>
          </span>
          <span aria-hidden="true" className="text-muted text-xs pointer-coarse:hidden">
            {SEARCH_KEYS}
          </span>
        </button>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move between the links inside */}
      <div
        data-threads
        onKeyDown={moveBetweenThreads}
        onPointerEnter={() => void loadMenu()}
        aria-busy={list.status === "loading"}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-2 pb-4"
      >
        <ManagingContext value={managing}>
          <Groups list={list} currentId={threadId} />
        </ManagingContext>
        {list.status === "loading" && <Spinner label={t`Loading conversations`} className="late mx-auto mt-6 block" />}
      </div>
      {managed && (
        <Suspense>
          <ManageMenu managed={managed} currentId={threadId} onRename={rename} onClose={() => manage(undefined)} />
        </Suspense>
      )}
    </div>
  );
}

function Groups({ list, currentId }: { list: Threads; currentId: string | undefined }) {
  const { t } = useLingui();
  const today = useToday();
  const folders = useFolders();
  const [openFolders, toggle] = useOpenFolders();
  const { threads } = list;
  const pinned = threads.filter(({ pin_order }) => pin_order !== null);
  const isInNone = ({ folder }: Thread) => folder === null || folders?.every(({ id }) => id !== folder);
  if (list.status === "failed" && threads.length === 0) return <Failed onRetry={list.reload} />;
  if (list.status === "ready" && threads.length === 0 && !folders?.length) return <Empty />;
  return (
    <>
      {pinned.length > 0 && <Group name={t`Pinned`} threads={pinned} currentId={currentId} />}
      {!!folders?.length && (
        <section aria-label={t`Folders`} className="pt-3 first:pt-1">
          {folders.map((folder) => (
            <FolderGroup
              key={folder.id}
              folder={folder}
              isOpen={openFolders.includes(folder.id)}
              onToggle={toggle}
              currentId={currentId}
            />
          ))}
        </section>
      )}
      {groupByDay(
        threads.filter((thread) => thread.pin_order === null && isInNone(thread)),
        today,
      ).map((group) => (
        <Group
          key={group.kind === "earlier" ? group.month.toISOString() : group.kind}
          name={<DayName group={group} />}
          threads={group.threads}
          currentId={currentId}
        />
      ))}
      {list.hasMore && <More onMore={list.loadMore} count={threads.length} />}
    </>
  );
}

interface GroupProps {
  name: ReactNode;
  threads: readonly Thread[];
  currentId: string | undefined;
}

function Group({ name, threads, currentId }: GroupProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="pt-4 first:pt-1">
      <h2 id={id} className="px-2.5 pb-1 font-medium text-muted text-xs first-letter:uppercase">
        {name}
      </h2>
      <ul className="flex flex-col gap-px">
        {threads.map((thread) => (
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
