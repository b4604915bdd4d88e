// One place where somebody is signed in: which device, from which network, and when it was last there.
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, ScreenIcon } from "@/design";
import { timeAgo } from "@/i18n/relative_time";
import { type MySession, useIsConnected } from "@/wire";
import { deviceOf } from "./device_name";

type SessionRowProps = { session: MySession; name: string; onEnd: (() => void) | undefined };

export function SessionRow({ session, name, onEnd }: SessionRowProps) {
  const { t } = useLingui();
  const seen = useLastSeen(session);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 p-4">
      <span className="grid size-10 shrink-0 place-items-center rounded-lg bg-hover text-muted">
        <ScreenIcon />
      </span>
      <div className="flex min-w-40 flex-1 flex-col gap-0.5">
        <span className="flex flex-wrap items-center gap-x-2 font-medium">
          {name}
          {session.is_current && (
            <span className="rounded-full bg-success-soft px-2 py-0.5 font-medium text-success text-xs">
              <Trans>This session</Trans>
            </span>
          )}
        </span>
        <span className="text-muted text-sm wrap-anywhere">
          {seen}
          {session.network && ` · ${session.network}`}
        </span>
      </div>
      {!session.is_current && onEnd && (
        <Button size="sm" aria-label={t`End the session: ${name}, ${seen}`} onPress={onEnd}>
          <Trans>End</Trans>
        </Button>
      )}
    </li>
  );
}

/** A function from what a browser calls itself to a name for people. */
export function useDeviceName(): (agent: string | null) => string {
  const { t } = useLingui();
  return (agent) => {
    const { browser, system } = deviceOf(agent);
    if (browser && system) return t`${browser} on ${system}`;
    return browser ?? system ?? t`Unknown device`;
  };
}

function useLastSeen({ id, is_current, last_seen_at }: MySession): string {
  const { t, i18n } = useLingui();
  const isConnected = useIsConnected(id);
  const ago = timeAgo(new Date(last_seen_at), new Date(), i18n.locale);
  if (is_current) return t`Active now`;
  if (isConnected) return t`Connected now`;
  return ago === undefined ? t`Active a moment ago` : t`Last active ${ago}`;
}
