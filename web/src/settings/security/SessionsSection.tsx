// Where one is signed in, and an end to any of it.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Asked } from "@/app/Asked";
import { MoreButton } from "@/audit/MoreButton";
import { Button } from "@/design";
import type { MySession } from "@/wire";
import { useMySessions } from "@/wire/security";
import { Section } from "../Section";
import { EndDialog } from "./EndDialog";
import { SessionRow, useDeviceName } from "./SessionRow";

export function SessionsSection({ isReadOnly = false }: { isReadOnly?: boolean }) {
  const { t } = useLingui();
  const sessions = useMySessions();
  const [ending, setEnding] = useState<MySession | "others">();
  const deviceOf = useDeviceName();
  const nameOf = ({ agent, impersonator_name: by }: MySession) =>
    by === null ? deviceOf(agent) : t`Administrator ${by}, viewing your account`;
  return (
    <Section
      title={t`Where you are signed in`}
      description={t`End what you do not know or no longer use, and change your password if it was not you.`}
    >
      <Asked question={sessions}>
        {(shown) => (
          <>
            <ul
              aria-label={t`Where you are signed in`}
              className="flex flex-col divide-y divide-line rounded-xl border border-line bg-surface shadow-low"
            >
              {shown.map((session) => (
                <SessionRow
                  key={session.id}
                  session={session}
                  name={nameOf(session)}
                  onEnd={isReadOnly ? undefined : () => setEnding(session)}
                />
              ))}
            </ul>
            <MoreButton pages={sessions} />
            {isReadOnly ? null : shown.length > 1 ? (
              <Button variant="danger" className="self-start" onPress={() => setEnding("others")}>
                <Trans>End all other sessions</Trans>
              </Button>
            ) : (
              <p className="text-muted text-sm">
                <Trans>You are signed in nowhere else.</Trans>
              </p>
            )}
          </>
        )}
      </Asked>
      {ending && (
        <EndDialog
          ending={ending}
          name={ending === "others" ? "" : nameOf(ending)}
          onClose={() => setEnding(undefined)}
        />
      )}
    </Section>
  );
}
