// One person: what is known of the account, and what can be done about it.
import { Trans, useLingui } from "@lingui/react/macro";
import { Link, useParams } from "@tanstack/react-router";
import { Initial } from "@/app/AccountMenu";
import { MoreButton } from "@/audit/MoreButton";
import { ArrowLeftIcon } from "@/design";
import { Section } from "@/settings/Section";
import { type AdministeredPerson, useMe } from "@/wire";
import { usePerson, useSignIns } from "@/wire/administration";
import { Administered } from "../Administered";
import { SignInList } from "../sign_ins/SignInList";
import { PersonActs } from "./PersonActs";
import { PersonExport } from "./PersonExport";
import { PersonFacts } from "./PersonFacts";
import { Badges } from "./PersonRow";

export function PersonPage() {
  const { userId } = useParams({ from: "/shell/admin/people/$userId" });
  const person = usePerson(userId);
  return (
    <>
      <Link to="/admin/people" className="-mt-2 inline-flex items-center gap-2 self-start text-muted hover:text-ink">
        <ArrowLeftIcon className="size-4" />
        <Trans>All people</Trans>
      </Link>
      <Administered question={person}>{(known) => <Known person={known} />}</Administered>
    </>
  );
}

function Known({ person }: { person: AdministeredPerson }) {
  const { t } = useLingui();
  const me = useMe();
  const signIns = useSignIns(person.user_id);
  const isActiveAdministrator = person.role === "admin" && person.status === "active"; // takes their data themselves
  return (
    <>
      <div className="flex flex-col gap-6">
        <div className="flex items-center gap-4">
          <Initial name={person.display_name} className="size-12 text-lg" />
          <div className="flex min-w-0 flex-col gap-1">
            <span className="flex flex-wrap items-center gap-2">
              <h2 className="min-w-0 text-lg wrap-anywhere">{person.display_name}</h2>
              <Badges person={person} />
            </span>
            <span className="text-muted text-sm wrap-anywhere">{person.email}</span>
          </div>
        </div>
        <PersonFacts person={person} />
      </div>
      <PersonActs person={person} />
      {person.user_id !== me?.user_id && !isActiveAdministrator && <PersonExport person={person} />}
      <Section title={t`Where they are signed in`}>
        <Administered question={signIns}>{(found) => <SignInList signIns={found} />}</Administered>
        <MoreButton pages={signIns} />
        <Link
          to="/admin/audit"
          search={{ person: person.user_id }}
          className="self-start text-link underline underline-offset-4"
        >
          <Trans>What happened to this account</Trans>
        </Link>
      </Section>
    </>
  );
}
