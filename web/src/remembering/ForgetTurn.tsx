/** Forgetting something that was said, only after a second word. */
import { Trans } from "@lingui/react/macro";
import { useState } from "react";
import { Button, InlineNotice } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { refusalOf } from "@/wire";
import { useForgetTurn } from "@/wire/remembering";

export function ForgetTurn({ message }: { message: string }) {
  const problemText = useProblemText();
  const [isAsked, setAsked] = useState(false);
  const { mutate, isPending, error } = useForgetTurn();
  if (!isAsked) {
    return (
      <Button size="sm" variant="quiet" onPress={() => setAsked(true)}>
        <Trans>Forget</Trans>
      </Button>
    );
  }
  return (
    <>
      <span>
        <Trans>Agents are never shown it again, nor what was drawn from it alone; it stays in its conversation.</Trans>
      </span>
      <Button size="sm" variant="danger" autoFocus isPending={isPending} onPress={() => mutate(message)}>
        <Trans>Forget for good</Trans>
      </Button>
      <Button size="sm" variant="quiet" onPress={() => setAsked(false)}>
        <Trans>Cancel</Trans>
      </Button>
      {error && <InlineNotice tone="danger">{problemText(refusalOf(error))}</InlineNotice>}
    </>
  );
}
