// Everybody with an account: found by name or address, each with what an administrator looks for first.
import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import { LIST } from "@/audit/EventRow";
import { MoreButton } from "@/audit/MoreButton";
import { SearchIcon, TextField } from "@/design";
import { Section } from "@/settings/Section";
import { usePeople } from "@/wire/administration";
import { Administered } from "../Administered";
import { PersonRow } from "./PersonRow";

const SETTLED_MS = 200;

export function PeoplePage() {
  const { t } = useLingui();
  const [words, setWords] = useState("");
  const people = usePeople(useSettled(words.trim()));
  return (
    <Section title={t`People`} description={t`Everybody who has an account on this server.`}>
      <TextField
        label={t`Find by name or e-mail address`}
        type="search"
        value={words}
        onChange={setWords}
        maxLength={200}
        trailing={<SearchIcon className="mr-2.5 size-5 text-muted" />}
      />
      <Administered question={people}>
        {(found) =>
          found.length === 0 ? (
            <p role="status" className="text-muted">
              <Trans>Nobody has such a name or address.</Trans>
            </p>
          ) : (
            <>
              <ul aria-label={t`People`} className={LIST}>
                {found.map((person) => (
                  <PersonRow key={person.user_id} person={person} />
                ))}
              </ul>
              <MoreButton pages={people} />
            </>
          )
        }
      </Administered>
    </Section>
  );
}

/** What is typed, once the typing pauses: not every letter is worth a search. */
function useSettled(words: string): string {
  const [settled, settle] = useState(words);
  useEffect(() => {
    const timer = setTimeout(() => settle(words), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [words]);
  return settled;
}
