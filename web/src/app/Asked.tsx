// What was asked of the server: a sign while it is under way, a way to ask again when it failed, else the answer.
import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Button, InlineNotice, Spinner } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { type Answer, refusalOf } from "@/wire";

export function Asked<T>({ question, children }: { question: Answer<T>; children: (data: T) => ReactNode }) {
  const { t } = useLingui();
  const problemText = useProblemText();
  if (question.data !== undefined) return children(question.data);
  if (question.status === "loading") return <Spinner label={t`Loading`} className="size-5 text-muted" />;
  return (
    <InlineNotice tone="danger">
      <p>{problemText(refusalOf(question.error))}</p>
      <Button size="sm" className="mt-2" onPress={question.ask}>
        <Trans>Try again</Trans>
      </Button>
    </InlineNotice>
  );
}
