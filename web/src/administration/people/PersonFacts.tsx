// What is known of an account, as pairs.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import type { AdministeredPerson } from "@/wire";
import { useRoleNames } from "./role_names";

export function PersonFacts({ person }: { person: AdministeredPerson }) {
  const { t, i18n } = useLingui();
  const roles = useRoleNames();
  const day = (moment: string) => i18n.date(new Date(moment), { dateStyle: "medium" });
  const due = person.deletion_due_at && day(person.deletion_due_at);
  const codes = person.recovery_codes_left;
  return (
    <dl className="grid gap-x-8 gap-y-4 rounded-xl border border-line bg-surface p-5 shadow-low sm:grid-cols-2">
      <Fact name={t`Role`}>{roles[person.role]}</Fact>
      <Fact name={t`Status`}>
        {person.status === "active" && t`Active`}
        {person.status === "suspended" && t`Suspended`}
        {person.status === "deletion_pending" && (due === null ? t`To be deleted` : t`Will be deleted on ${due}`)}
      </Fact>
      <Fact name={t`E-mail addresses`}>
        {person.emails.length === 0 && t`None`}
        {person.emails.map(({ email, verified_at }) => (
          <span key={email} className="block wrap-anywhere">
            {email}
            {verified_at === null && (
              <span className="text-muted">
                {" "}
                <Trans>(not confirmed)</Trans>
              </span>
            )}
          </span>
        ))}
      </Fact>
      <Fact name={t`Account since`}>{day(person.created_at)}</Fact>
      <Fact name={t`Password`}>
        {person.password_changed_at === null ? t`None` : t`Since ${day(person.password_changed_at)}`}
        {person.must_change_password && ` · ${t`must be changed`}`}
      </Fact>
      <Fact name={t`Passkeys`}>{person.passkeys}</Fact>
      <Fact name={t`Authenticator`}>
        {person.totp_confirmed_at === null
          ? t`Off`
          : `${t`Since ${day(person.totp_confirmed_at)}`} · ${plural(codes, { one: "# recovery code left", other: "# recovery codes left" })}`}
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col">
      <dt className="text-muted text-sm">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
