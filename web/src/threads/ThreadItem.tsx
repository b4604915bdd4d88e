/** One conversation in the list; a dot says that an answer is still coming there. */
import { useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import type { Thread } from "@/wire";
import { Row } from "./Row";

interface ThreadItemProps {
  thread: Thread;
  isCurrent: boolean;
}

export const ThreadItem = memo(function ThreadItem({ thread, isCurrent }: ThreadItemProps) {
  const { t } = useLingui();
  const title = thread.title || t`New conversation`;
  return (
    <li>
      <Row id={thread.id} name={title} thing={{ kind: "thread", thread }}>
        <Link
          to="/t/$threadId"
          params={{ threadId: thread.id }}
          preload={false}
          aria-current={isCurrent ? "page" : undefined}
          data-thread-id={thread.id}
          data-agent={thread.agent}
          title={title}
        >
          <span className="min-w-0 flex-1 truncate">{title}</span>
          {thread.running && (
            <span
              role="img"
              aria-label={t`Answer in progress`}
              className="size-2 shrink-0 animate-breathe rounded-full bg-agent"
            />
          )}
        </Link>
      </Row>
    </li>
  );
});
