// What happened to accounts: searched, taken away as a file, and checked for changes behind the server's back.
import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { EventRow, LIST } from "@/audit/EventRow";
import { MoreButton } from "@/audit/MoreButton";
import { Section } from "@/settings/Section";
import { useAudit } from "@/wire/administration";
import { Administered } from "../Administered";
import { AuditFilters } from "./AuditFilters";
import { AuditTools } from "./AuditTools";
import { askedOf, type Search } from "./audit_search";
import { Parties } from "./Parties";

export function AuditPage() {
  const { t } = useLingui();
  const search = useSearch({ from: "/shell/admin/audit" });
  const navigate = useNavigate();
  const asked = askedOf(search);
  const events = useAudit(asked);
  const change = (more: Search) => void navigate({ to: "/admin/audit", search: { ...search, ...more }, replace: true });
  const ofPerson = (person: string) => change({ person });
  return (
    <Section
      title={t`Audit`}
      description={t`What happened to accounts, latest first. Nothing in this log can be changed or deleted unseen.`}
    >
      <AuditTools search={asked} />
      <AuditFilters search={search} onChange={change} />
      <Administered question={events}>
        {(found) =>
          found.length === 0 ? (
            <p role="status" className="text-muted">
              <Trans>Nothing of the kind is in the log.</Trans>
            </p>
          ) : (
            <>
              <ul aria-label={t`Audit`} className={LIST}>
                {found.map((event) => (
                  <EventRow key={event.seq} event={event}>
                    <Parties event={event} onPerson={ofPerson} />
                  </EventRow>
                ))}
              </ul>
              <MoreButton pages={events} />
            </>
          )
        }
      </Administered>
    </Section>
  );
}
