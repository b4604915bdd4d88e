/** The line above a conversation: its title, who answers, and the connection when it needs a word. */
import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { clockOf, useSecondsUntil } from "@/app/countdown";
import { useShell } from "@/app/shell_context";
import { IconButton, MenuIcon, NewChatIcon, OfflineIcon, Spinner } from "@/design";
import { useConnection } from "@/wire";
import { useElapsed } from "./messages/use_elapsed";

/** Seconds of a broken connection that deserve no notice. */
const BLIP_S = 3;

interface ConversationHeaderProps {
  title: string;
  agentName: string;
  /** What can be done with it. */
  children?: ReactNode;
}

export function ConversationHeader({ title, agentName, children }: ConversationHeaderProps) {
  const { t } = useLingui();
  const { openDrawer } = useShell();
  const navigate = useNavigate();
  return (
    <header className="flex h-14 shrink-0 items-center gap-1 border-line border-b px-2 sm:px-4">
      <IconButton label={t`Show conversations`} onPress={openDrawer} className="wide:hidden">
        <MenuIcon />
      </IconButton>
      <div className="flex min-w-0 flex-1 items-baseline gap-2.5 px-1.5">
        <h1 className="truncate text-base">{title}</h1>
        {agentName !== "" && <span className="hidden shrink-0 text-muted text-sm sm:inline">{agentName}</span>}
      </div>
      <ConnectionNotice />
      {children}
      <IconButton label={t`New conversation`} onPress={() => void navigate({ to: "/" })} className="wide:hidden">
        <NewChatIcon />
      </IconButton>
    </header>
  );
}

function ConnectionNotice() {
  const { state, since, until } = useConnection();
  if (state === "online") return null;
  if (until !== undefined) return <Postponed until={until} />;
  return <Broken key={since} since={since} offline={state === "offline"} />;
}

const NOTICE = "flex animate-appear items-center gap-2 rounded-full bg-warning-soft px-3 py-1 text-sm text-warning";

/** Said at once, however short: the page looks whole, and nothing that is written would go off. */
function Postponed({ until }: { until: number }) {
  const { i18n } = useLingui();
  const left = clockOf(useSecondsUntil(until));
  const time = i18n.date(new Date(until), { timeStyle: "medium" });
  return (
    <p role="status" className={NOTICE}>
      <Spinner />
      <span className="sr-only">
        <Trans>This page was opened too often. It connects again at {time}.</Trans>
      </span>
      <span aria-hidden="true">
        <Trans>
          Too many reloads: connects in <span className="tabular-nums">{left}</span>
        </Trans>
      </span>
    </p>
  );
}

function Broken({ since, offline }: { since: number; offline: boolean }) {
  const elapsed = useElapsed(since);
  if (elapsed < BLIP_S) return null;
  return (
    <p role="status" className={NOTICE}>
      {offline ? <OfflineIcon className="size-4" /> : <Spinner />}
      {offline ? <Trans>Offline</Trans> : <Trans>Reconnecting…</Trans>}
    </p>
  );
}
