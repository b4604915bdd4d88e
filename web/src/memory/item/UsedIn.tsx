// The answers that were given with an item, and why.
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "@/design";
import { Why } from "@/remembering/Why";
import type { ItemUse } from "@/wire/memory";
import { useDay } from "../use_day";
import { Part, QUOTED } from "./Part";

const AT_FIRST = 3;

export function UsedIn({ uses }: { uses: readonly ItemUse[] }) {
  const { t, i18n } = useLingui();
  const dayOf = useDay();
  const [isWhole, setWhole] = useState(false);
  if (uses.length === 0) return null;
  const shown = isWhole ? uses : uses.slice(0, AT_FIRST);
  const more = i18n.number(uses.length - shown.length);
  return (
    <Part title={t`Used in answers`}>
      <ul className={QUOTED}>
        {shown.map((use) => {
          const day = dayOf(use.used_at);
          return (
            <li key={use.run} className="flex flex-col gap-0.5 text-sm">
              <Link
                to="/t/$threadId"
                params={{ threadId: use.thread }}
                {...(use.message && { hash: use.message })}
                className="self-start font-medium text-link underline-offset-3 hover:underline"
              >
                <Trans>An answer on {day}</Trans>
              </Link>
              <span className="text-muted">
                <Why why={use.why} />
              </span>
            </li>
          );
        })}
      </ul>
      {shown.length < uses.length && (
        <Button size="sm" variant="quiet" className="self-start" onPress={() => setWhole(true)}>
          <Trans>Show {more} more</Trans>
        </Button>
      )}
    </Part>
  );
}
