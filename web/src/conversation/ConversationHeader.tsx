/** The line above a conversation: its title, who answers, and the connection when it needs a word. */
import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { useShell } from "@/app/shell_context";
import { IconButton, MenuIcon, NewChatIcon, OfflineIcon, Spinner } from "@/design";
import { useConnection } from "@/wire";
import { useElapsed } from "./messages/use_elapsed";

/** Seconds of a broken connection that deserve no notice. */
const BLIP_S = 3;

interface ConversationHeaderProps {
  title: string;
  agentName: string;
}

export function ConversationHeader({ title, agentName }: ConversationHeaderProps) {
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
      <IconButton label={t`New conversation`} onPress={() => void navigate({ to: "/" })} className="wide:hidden">
        <NewChatIcon />
      </IconButton>
    </header>
  );
}

function ConnectionNotice() {
  const { state, since } = useConnection();
  if (state === "online") return null;
  return <Broken key={since} since={since} offline={state === "offline"} />;
}

function Broken({ since, offline }: { since: number; offline: boolean }) {
  const elapsed = useElapsed(since);
  if (elapsed < BLIP_S) return null;
  return (
    <p
      role="status"
      className="flex animate-appear items-center gap-2 rounded-full bg-warning-soft px-3 py-1 text-sm text-warning"
    >
      {offline ? <OfflineIcon className="size-4" /> : <Spinner />}
      {offline ? <Trans>Offline</Trans> : <Trans>Reconnecting…</Trans>}
    </p>
  );
}
