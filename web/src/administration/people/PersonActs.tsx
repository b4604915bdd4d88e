// What can be done about an account; each act is asked about before.
import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import { Button } from "@/design";
import { Section } from "@/settings/Section";
import { type AdministeredPerson, useMe } from "@/wire";
import { type Act, ActDialog } from "./ActDialog";

export function PersonActs({ person }: { person: AdministeredPerson }) {
  const { t } = useLingui();
  const me = useMe();
  const [act, setAct] = useState<Act>();
  const isSelf = person.user_id === me?.user_id;
  const isSuspended = person.status === "suspended";
  const canBeViewed = !isSelf && !isSuspended && person.role !== "admin";
  return (
    <Section title={t`What you can do`}>
      <ul className="flex flex-col divide-y divide-line rounded-xl border border-line bg-surface shadow-low">
        {canBeViewed && (
          <ActRow
            text={t`See what they see`}
            hint={t`Read only, for 15 minutes. They are told, with your reason.`}
            label={t`View as this person`}
            onPress={() => setAct("impersonate")}
          />
        )}
        <ActRow
          text={t`Change the role`}
          hint={t`Administrators manage accounts and models; guests may do less than members.`}
          label={t`Change role`}
          onPress={() => setAct("role")}
        />
        {person.sessions > 0 && (
          <ActRow
            text={t`Sign them out everywhere`}
            hint={t`Whoever is there has to sign in again.`}
            label={t`End sessions`}
            onPress={() => setAct("sessions")}
          />
        )}
        {person.has_second_factor && !isSelf && (
          <ActRow
            text={t`Reset two-step sign-in`}
            hint={t`For somebody who lost their authenticator and their recovery codes.`}
            label={t`Reset`}
            onPress={() => setAct("second-factor")}
          />
        )}
        {isSuspended ? (
          <ActRow
            text={t`Let them in again`}
            hint={t`They can sign in as before.`}
            label={t`Reinstate`}
            onPress={() => setAct("reinstate")}
          />
        ) : (
          <ActRow
            text={t`Suspend the account`}
            hint={t`They cannot sign in until you let them in again. Nothing is deleted.`}
            label={t`Suspend`}
            isDangerous
            onPress={() => setAct("suspend")}
          />
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

type ActRowProps = { text: string; hint: ReactNode; label: string; isDangerous?: boolean; onPress: () => void };

function ActRow({ text, hint, label, isDangerous = false, onPress }: ActRowProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 p-4">
      <span className="flex min-w-52 flex-1 flex-col">
        <span className="font-medium">{text}</span>
        <span className="text-muted text-sm">{hint}</span>
      </span>
      <Button size="sm" variant={isDangerous ? "danger" : "secondary"} onPress={onPress}>
        {label}
      </Button>
    </li>
  );
}
