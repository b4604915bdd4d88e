// What can be done about an account; each act is asked about before.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { LIST } from "@/audit/EventRow";
import { Section } from "@/settings/Section";
import { type AdministeredPerson, useMe } from "@/wire";
import { ActRow } from "../ActRow";
import { type Act, ActDialog } from "./ActDialog";

export function PersonActs({ person }: { person: AdministeredPerson }) {
  const { t } = useLingui();
  const me = useMe();
  const [act, setAct] = useState<Act>();
  const isSelf = person.user_id === me?.user_id;
  const isPending = person.status === "deletion_pending";
  return (
    <Section title={t`What you can do`}>
      <ul aria-label={t`What you can do`} className={LIST}>
        {isPending ? (
          <ActRow
            text={t`Keep the account`}
            hint={t`Until that day it can be given back as it was.`}
            label={t`Keep`}
            onPress={() => setAct("keep")}
          />
        ) : (
          <OpenAccountActs person={person} isSelf={isSelf} onAct={setAct} />
        )}
      </ul>
      {isSelf && (
        <p className="text-muted text-sm">
          <Trans>This is your own account: some of these would lock you out.</Trans>
        </p>
      )}
      {act && <ActDialog act={act} person={person} onClose={() => setAct(undefined)} />}
    </Section>
  );
}

type OpenAccountActsProps = { person: AdministeredPerson; isSelf: boolean; onAct: (act: Act) => void };

function OpenAccountActs({ person, isSelf, onAct }: OpenAccountActsProps) {
  const { t } = useLingui();
  const isSuspended = person.status === "suspended";
  return (
    <>
      {!isSelf && !isSuspended && person.role !== "admin" && (
        <ActRow
          text={t`See what they see`}
          hint={t`Read only, for 15 minutes. They are told, with your reason.`}
          label={t`View as this person`}
          onPress={() => onAct("impersonate")}
        />
      )}
      {!isSelf && !isSuspended && (
        <ActRow
          text={t`Help with a forgotten password`}
          hint={t`A link with which they choose a new one. You never see the password.`}
          label={t`Link for a new password`}
          onPress={() => onAct("reset-link")}
        />
      )}
      {person.has_second_factor && !isSelf && (
        <ActRow
          text={t`Reset two-step sign-in`}
          hint={t`For somebody who lost their passkeys, authenticator and recovery codes.`}
          label={t`Reset`}
          onPress={() => onAct("second-factor")}
        />
      )}
      <ActRow
        text={t`Change the role`}
        hint={t`Administrators manage accounts and models; guests may do less than members.`}
        label={t`Change role`}
        onPress={() => onAct("role")}
      />
      {person.sessions > 0 && (
        <ActRow
          text={t`Sign them out everywhere`}
          hint={t`Whoever is there has to sign in again.`}
          label={t`End sessions`}
          onPress={() => onAct("sessions")}
        />
      )}
      {isSuspended ? (
        <ActRow
          text={t`Let them in again`}
          hint={t`They can sign in as before.`}
          label={t`Reinstate`}
          onPress={() => onAct("reinstate")}
        />
      ) : (
        <ActRow
          text={t`Suspend the account`}
          hint={t`They cannot sign in until you let them in again. Nothing is deleted.`}
          label={t`Suspend`}
          isDangerous
          onPress={() => onAct("suspend")}
        />
      )}
      {!isSelf && (
        <ActRow
          text={t`Delete the account`}
          hint={t`Shut now, deleted in a week with every conversation.`}
          label={t`Delete`}
          isDangerous
          onPress={() => onAct("delete")}
        />
      )}
    </>
  );
}
