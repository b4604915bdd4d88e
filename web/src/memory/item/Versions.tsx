// What an item said before.
import { Trans, useLingui } from "@lingui/react/macro";
import type { Item } from "@/wire/memory";
import { useDay } from "../use_day";
import { Part, QUOTED } from "./Part";

export function Versions({ versions }: { versions: readonly Item[] }) {
  const { t } = useLingui();
  const dayOf = useDay();
  if (versions.length === 0) return null;
  return (
    <Part title={t`Former versions`}>
      <ol className={QUOTED}>
        {versions.map((version) => {
          const [from, until] = [dayOf(version.recorded_at), dayOf(version.superseded_at ?? version.recorded_at)];
          return (
            <li key={version.id} className="flex flex-col gap-0.5 text-sm">
              <p lang={version.language || undefined} className="whitespace-pre-line wrap-anywhere">
                {version.text}
              </p>
              <p className="text-muted">
                {from === until ? (
                  <Trans>On {from}</Trans>
                ) : (
                  <Trans>
                    From {from} to {until}
                  </Trans>
                )}
              </p>
            </li>
          );
        })}
      </ol>
    </Part>
  );
}
