// Asks before a session, or every other one, is ended.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Button, Dialog, InlineNotice, notify } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { type MySession, refusalOf } from "@/wire";
import { useSecurityActs } from "@/wire/security";

type EndDialogProps = { ending: MySession | "others"; name: string; onClose: () => void };

export function EndDialog({ ending, name, onClose }: EndDialogProps) {
  const { t } = useLingui();
  const { endSessionOf, endOtherSessions } = useSecurityActs();
  const problemText = useProblemText();
  const [problem, setProblem] = useState<string>();
  const [isPending, setPending] = useState(false);
  const titleOf = () => {
    if (ending === "others") return t`End all other sessions?`;
    return ending.impersonator_name === null ? t`End the session on ${name}?` : t`End this session?`;
  };
  const end = async () => {
    setProblem(undefined);
    setPending(true);
    try {
      const ended = ending === "others" ? await endOtherSessions() : await endSessionOf(ending.id).then(() => 1);
      onClose();
      notify({ title: plural(ended, { one: "# session was ended", other: "# sessions were ended" }) });
    } catch (thrown) {
      setProblem(problemText(refusalOf(thrown)));
    } finally {
      setPending(false);
    }
  };
  return (
    <Dialog title={titleOf()} isOpen onOpenChange={onClose}>
      {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
      <p className="text-muted">
        <Trans>Whoever is there has to sign in again. What is being written there stays on that device.</Trans>
      </p>
      <div className="flex flex-col gap-2">
        <Button variant="danger" isPending={isPending} onPress={() => void end()}>
          {ending === "others" ? <Trans>End the other sessions</Trans> : <Trans>End the session</Trans>}
        </Button>
        <Button variant="quiet" autoFocus onPress={onClose}>
          <Trans>Cancel</Trans>
        </Button>
      </div>
    </Dialog>
  );
}
