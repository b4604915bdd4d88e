// Login sessions of others: whose, on which device, from which network, since when; each can be ended.
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { LIST } from "@/audit/EventRow";
import { Badge, Button, notify } from "@/design";
import { timeAgo } from "@/i18n/relative_time";
import { useDeviceName } from "@/settings/security/SessionRow";
import type { AdministeredSession } from "@/wire";
import { useAdministrationActs } from "@/wire/administration";
import { ConfirmDialog } from "../ConfirmDialog";

type SignInListProps = { signIns: AdministeredSession[]; hasNames?: boolean };

export function SignInList({ signIns, hasNames = false }: SignInListProps) {
  const { t } = useLingui();
  const { endSession } = useAdministrationActs();
  const [ending, setEnding] = useState<AdministeredSession>();
  if (signIns.length === 0) {
    return (
      <p className="text-muted">
        <Trans>Signed in nowhere.</Trans>
      </p>
    );
  }
  return (
    <>
      <ul aria-label={t`Sign-ins`} className={LIST}>
        {signIns.map((signIn) => (
          <SignInRow key={signIn.id} signIn={signIn} hasName={hasNames} onEnd={() => setEnding(signIn)} />
        ))}
      </ul>
      {ending && (
        <ConfirmDialog
          title={t`End this session of ${ending.display_name}?`}
          label={t`End the session`}
          isDangerous
          act={() => endSession(ending.id)}
          onDone={() => notify({ title: t`The session was ended` })}
          onClose={() => setEnding(undefined)}
        >
          <p className="text-muted">
            <Trans>Whoever is there has to sign in again. What is being written there stays on that device.</Trans>
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}

type SignInRowProps = { signIn: AdministeredSession; hasName: boolean; onEnd: () => void };

function SignInRow({ signIn, hasName, onEnd }: SignInRowProps) {
  const { t, i18n } = useLingui();
  const device = useDeviceName()(signIn.agent);
  const ago = timeAgo(new Date(signIn.last_seen_at), new Date(), i18n.locale);
  const since = i18n.date(new Date(signIn.created_at), { dateStyle: "medium", timeStyle: "short" });
  const seen = ago === undefined ? t`Active a moment ago` : t`Last active ${ago}`;
  const { impersonator_name: by, display_name: name } = signIn;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 p-4">
      <div className="flex min-w-40 flex-1 flex-col gap-0.5">
        <span className="flex flex-wrap items-center gap-x-2 font-medium">
          {hasName ? (
            <Link
              to="/admin/people/$userId"
              params={{ userId: signIn.user_id }}
              className="underline-offset-4 hover:underline"
            >
              {name}
            </Link>
          ) : (
            device
          )}
          {signIn.is_current && (
            <Badge tone="success">
              <Trans>This session</Trans>
            </Badge>
          )}
          {by !== null && (
            <Badge tone="warning">
              <Trans>viewed by {by}</Trans>
            </Badge>
          )}
        </span>
        <span className="text-muted text-sm wrap-anywhere">
          {[hasName && device, signIn.network].filter(Boolean).join(" · ")}
        </span>
        <span className="text-muted text-sm">{`${t`Since ${since}`} · ${seen}`}</span>
      </div>
      {!signIn.is_current && (
        <Button size="sm" aria-label={t`End the session of ${name}: ${device}, ${seen}`} onPress={onEnd}>
          <Trans>End</Trans>
        </Button>
      )}
    </li>
  );
}
