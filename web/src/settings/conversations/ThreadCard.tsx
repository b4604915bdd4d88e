// One conversation of a list in the settings: its name, a line about it, and what can be done.
import { useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Thread } from "@/wire";

type ThreadCardProps = { thread: Thread; isLink?: boolean; about: ReactNode; children: ReactNode };

export function ThreadCard({ thread, isLink = false, about, children }: ThreadCardProps) {
  const { t } = useLingui();
  const title = thread.title || t`New conversation`;
  return (
    <li aria-label={title} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="flex min-w-48 flex-1 flex-col">
        {isLink ? (
          <Link
            to="/t/$threadId"
            params={{ threadId: thread.id }}
            className="font-medium wrap-anywhere hover:underline"
          >
            {title}
          </Link>
        ) : (
          <span className="font-medium wrap-anywhere">{title}</span>
        )}
        <span className="text-muted text-sm">{about}</span>
      </div>
      <div className="flex flex-wrap gap-1">{children}</div>
    </li>
  );
}
