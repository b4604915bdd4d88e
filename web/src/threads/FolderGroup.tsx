/** A folder in the list: its conversations are asked for while it is open. */
import { Trans, useLingui } from "@lingui/react/macro";
import { useMemo } from "react";
import { ChevronRightIcon, Spinner } from "@/design";
import { type Folder, useThreads } from "@/wire";
import { Failed, More } from "./ListEnds";
import { Row } from "./Row";
import { ThreadItem } from "./ThreadItem";

interface FolderGroupProps {
  folder: Folder;
  isOpen: boolean;
  onToggle: (id: string) => void;
  currentId: string | undefined;
}

export function FolderGroup({ folder, isOpen, onToggle, currentId }: FolderGroupProps) {
  return (
    <section aria-label={folder.name}>
      <Row id={folder.id} name={folder.name} thing={{ kind: "folder", folder }}>
        <button type="button" data-thread-id={folder.id} aria-expanded={isOpen} onClick={() => onToggle(folder.id)}>
          <ChevronRightIcon className={`size-4 text-muted transition-transform ${isOpen ? "rotate-90" : ""}`} />
          <span className="min-w-0 flex-1 truncate">{folder.name}</span>
        </button>
      </Row>
      {isOpen && <Inside folder={folder.id} currentId={currentId} />}
    </section>
  );
}

function Inside({ folder, currentId }: { folder: string; currentId: string | undefined }) {
  const { t } = useLingui();
  const list = useThreads(useMemo(() => ({ folder }), [folder]));
  const threads = list.threads.filter(({ pin_order }) => pin_order === null);
  if (list.status === "loading") return <Spinner label={t`Loading conversations`} className="late mx-9 my-2 block" />;
  if (list.status === "failed") return <Failed onRetry={list.reload} />;
  return (
    <div className="pl-6">
      {threads.length === 0 && !list.hasMore && (
        <p className="px-2.5 py-1.5 text-muted text-sm">
          <Trans>Nothing here</Trans>
        </p>
      )}
      <ul className="flex flex-col gap-px">
        {threads.map((thread) => (
          <ThreadItem key={thread.id} thread={thread} isCurrent={thread.id === currentId} />
        ))}
      </ul>
      {list.hasMore && <More onMore={list.loadMore} count={list.threads.length} />}
    </div>
  );
}
