// The keys of access tokens, and what to do when something was stolen.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { LIST } from "@/audit/EventRow";
import { Button } from "@/design";
import { Section } from "@/settings/Section";
import type { AdministeredKeys } from "@/wire";
import { useKeys } from "@/wire/administration";
import { Administered } from "../Administered";
import { Emergency } from "./Emergency";
import { KeyRow } from "./KeyRow";
import { ReplaceDialog } from "./ReplaceDialog";

export function KeysPage() {
  const { t } = useLingui();
  const keys = useKeys();
  return (
    <>
      <Section
        title={t`Keys`}
        description={t`With them this server signs the short-lived passes that browsers show. They are replaced by themselves.`}
      >
        <Administered question={keys}>{(found) => <Keys found={found} />}</Administered>
      </Section>
      <Emergency />
    </>
  );
}

function Keys({ found: { keys, replaced_every_days } }: { found: AdministeredKeys }) {
  const { t, i18n } = useLingui();
  const [isAsking, setAsking] = useState(false);
  const coming = keys.find(({ state }) => state === "next");
  const from = coming && i18n.date(new Date(coming.signs_from), { dateStyle: "medium", timeStyle: "short" });
  if (keys.length === 0) {
    return (
      <p className="text-muted">
        <Trans>There are none: the server’s own secret signs here.</Trans>
      </p>
    );
  }
  return (
    <>
      <ul aria-label={t`Keys`} className={LIST}>
        {keys.map((key) => (
          <KeyRow key={key.kid} signingKey={key} />
        ))}
      </ul>
      <p className="text-muted text-sm">
        {plural(Math.round(replaced_every_days), {
          one: "A new key signs every day.",
          other: "A new key signs every # days.",
        })}{" "}
        {from && t`The next one signs from ${from}.`}
      </p>
      {!coming && (
        <Button className="self-start" onPress={() => setAsking(true)}>
          <Trans>Replace now</Trans>
        </Button>
      )}
      {isAsking && <ReplaceDialog onClose={() => setAsking(false)} />}
    </>
  );
}
