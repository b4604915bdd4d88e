// What was asked as an administrator: as anywhere, and where two factors are asked for, the way to them.
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { Asked } from "@/app/Asked";
import { Button, InlineNotice } from "@/design";
import { StepUpDialog } from "@/second_factor/StepUpDialog";
import { type Answer, refusalOf } from "@/wire";
import { useAdministrationActs } from "@/wire/administration";
import { useSecondFactor } from "@/wire/security";

type AdministeredProps<T> = { question: Answer<T>; children: (data: T) => ReactNode };

export function Administered<T>({ question, children }: AdministeredProps<T>) {
  const isShort = question.status === "failed" && refusalOf(question.error).factors !== undefined;
  return isShort ? <TwoFactorsNeeded /> : <Asked question={question}>{children}</Asked>;
}

function TwoFactorsNeeded() {
  const secondFactor = useSecondFactor();
  const { askAgain } = useAdministrationActs();
  const [isAsking, setAsking] = useState(false);
  const answer = (isProved: boolean) => {
    setAsking(false);
    if (isProved) void askAgain();
  };
  return (
    <Asked question={secondFactor}>
      {({ methods }) => (
        <InlineNotice tone="warning">
          <p>
            {methods.length > 0 ? (
              <Trans>Administering this server asks for two factors, and you signed in with one.</Trans>
            ) : (
              <Trans>
                Administering this server asks for two factors. Add a passkey or set up two-step sign-in first.
              </Trans>
            )}
          </p>
          {methods.length > 0 ? (
            <Button size="sm" className="mt-3" onPress={() => setAsking(true)}>
              <Trans>Confirm that it is you</Trans>
            </Button>
          ) : (
            <Link to="/settings/security" className="mt-2 inline-block font-medium underline underline-offset-4">
              <Trans>Open the security settings</Trans>
            </Link>
          )}
          {isAsking && <StepUpDialog onAnswer={answer} />}
        </InlineNotice>
      )}
    </Asked>
  );
}
