// In place of signing in to an account that is about to be deleted: when that is, and how to keep it.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { StageTitle } from "@/app/Stage";
import { ArrowLeftIcon, Button, InlineNotice } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { type PendingDeletion, refusalOf } from "@/wire";
import { undoDeletion } from "@/wire/login";

type KeepAccountProps = { deletion: PendingDeletion; onLeave: (wasUndone: boolean) => void };

export function KeepAccount({ deletion, onLeave }: KeepAccountProps) {
  const { t, i18n } = useLingui();
  const problemText = useProblemText();
  const [problem, setProblem] = useState<string>();
  const [isPending, setPending] = useState(false);
  const day = i18n.date(new Date(deletion.dueAt), { dateStyle: "full", timeStyle: "short" });
  const { undoToken } = deletion;
  const keep = async (token: string) => {
    setProblem(undefined);
    setPending(true);
    try {
      await undoDeletion(token);
      onLeave(true);
    } catch (thrown) {
      setProblem(problemText(refusalOf(thrown)));
      setPending(false);
    }
  };
  return (
    <>
      <StageTitle title={t`This account is about to be deleted`}>
        <Trans>It will be deleted on {day}, with every conversation in it.</Trans>
      </StageTitle>
      <div className="flex flex-col gap-2">
        {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
        {undoToken === undefined ? (
          <InlineNotice>
            <Trans>An administrator decided this. Ask them if you want to keep it.</Trans>
          </InlineNotice>
        ) : (
          <Button variant="primary" size="lg" autoFocus isPending={isPending} onPress={() => void keep(undoToken)}>
            <Trans>Keep my account</Trans>
          </Button>
        )}
        <Button variant="quiet" autoFocus={undoToken === undefined} onPress={() => onLeave(false)}>
          <ArrowLeftIcon className="size-4" />
          <Trans>Back to signing in</Trans>
        </Button>
      </div>
    </>
  );
}
