// Who did something to whom; a name narrows the log down to that person.
import { Trans, useLingui } from "@lingui/react/macro";
import { Button } from "react-aria-components";
import type { AuditedEvent } from "@/wire";

type PartiesProps = { event: AuditedEvent; onPerson: (id: string) => void };

export function Parties({ event, onPerson }: PartiesProps) {
  const { t } = useLingui();
  const name = (id: string | null, known: string | null) =>
    id === null ? (
      <span>{t`nobody known here`}</span>
    ) : (
      <Name name={known ?? t`a deleted account`} onPress={() => onPerson(id)} />
    );
  const actor = name(event.actor, event.actor_name);
  const subject = name(event.subject, event.subject_name);
  if (event.actor === null) return <span className="text-sm">{subject}</span>;
  if (event.subject === null || event.actor === event.subject) return <span className="text-sm">{actor}</span>;
  return (
    <span className="text-sm">
      <Trans>
        {actor} on {subject}
      </Trans>
    </span>
  );
}

function Name({ name, onPress }: { name: string; onPress: () => void }) {
  const { t } = useLingui();
  return (
    <Button
      aria-label={t`${name}: show only what concerns them`}
      onPress={onPress}
      className="inline-block min-h-6 text-left underline decoration-line-strong wrap-anywhere underline-offset-4 hover:decoration-ink"
    >
      {name}
    </Button>
  );
}
