// One person in the list: name, address, what stands out, and when they were last here.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Initial } from "@/app/AccountMenu";
import { Badge, ChevronRightIcon } from "@/design";
import { timeAgo } from "@/i18n/relative_time";
import { type AdministeredUser, useMe } from "@/wire";
import { useRoleNames } from "./role_names";

export function PersonRow({ person }: { person: AdministeredUser }) {
  const seen = useLastSeen(person);
  return (
    <li>
      <Link
        to="/admin/people/$userId"
        params={{ userId: person.user_id }}
        className="flex items-center gap-4 p-4 -outline-offset-2 hover:bg-hover"
      >
        <Initial name={person.display_name} className="size-9 text-sm" />
        <span className="flex min-w-0 flex-1 flex-col gap-1">
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="min-w-0 font-medium wrap-anywhere">{person.display_name}</span>
            <Badges person={person} />
          </span>
          <span className="text-muted text-sm wrap-anywhere">{person.email}</span>
          <span className="text-muted text-sm">{seen}</span>
        </span>
        <ChevronRightIcon className="size-4 text-muted" />
      </Link>
    </li>
  );
}

/** What stands out of an account. */
export function Badges({ person }: { person: AdministeredUser }) {
  const me = useMe();
  const roles = useRoleNames();
  return (
    <>
      {person.user_id === me?.user_id && (
        <Badge tone="success">
          <Trans>You</Trans>
        </Badge>
      )}
      {person.role !== "member" && <Badge>{roles[person.role]}</Badge>}
      {person.status === "suspended" && (
        <Badge tone="danger">
          <Trans>Suspended</Trans>
        </Badge>
      )}
      {person.status === "deletion_pending" && (
        <Badge tone="danger">
          <Trans>To be deleted</Trans>
        </Badge>
      )}
      {!person.has_second_factor && person.role === "admin" && (
        <Badge tone="warning">
          <Trans>No second factor</Trans>
        </Badge>
      )}
      {person.has_second_factor && (
        <Badge>
          <Trans>Two-step sign-in</Trans>
        </Badge>
      )}
    </>
  );
}

function useLastSeen({ last_seen_at, sessions }: AdministeredUser): string {
  const { t, i18n } = useLingui();
  if (last_seen_at === null) return t`Never signed in`;
  const ago = timeAgo(new Date(last_seen_at), new Date(), i18n.locale);
  const seen = ago === undefined ? t`Last seen a moment ago` : t`Last seen ${ago}`;
  return `${seen} · ${plural(sessions, { 0: "signed in nowhere", one: "# session", other: "# sessions" })}`;
}
