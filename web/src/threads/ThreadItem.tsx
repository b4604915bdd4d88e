/** One conversation in the list; a dot says that an answer is still coming there. */
import { useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import type { Thread } from "@/wire";

interface ThreadItemProps {
  thread: Thread;
  isCurrent: boolean;
}

export const ThreadItem = memo(function ThreadItem({ thread, isCurrent }: ThreadItemProps) {
  const { t } = useLingui();
  return (
    <li>
      <Link
        to="/t/$threadId"
        params={{ threadId: thread.id }}
        preload={false}
        aria-current={isCurrent ? "page" : undefined}
        data-thread-id={thread.id}
        data-agent={thread.agent}
        title={thread.title}
        className="flex h-9 items-center gap-2.5 rounded-lg px-2.5 transition-colors duration-150 hover:bg-hover aria-[current=page]:bg-pressed aria-[current=page]:font-medium"
      >
        <span className="min-w-0 flex-1 truncate">{thread.title}</span>
        {thread.running && (
          <span
            role="img"
            aria-label={t`Answer in progress`}
            className="size-2 shrink-0 animate-breathe rounded-full bg-agent"
          />
        )}
      </Link>
    </li>
  );
});
