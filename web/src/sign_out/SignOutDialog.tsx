// Asks what becomes of words that were not sent, before somebody signs out.
import { plural } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Dialog } from "@/design";
import type { Choice } from "./sign_out";

type SignOutDialogProps = { unsent: number; onAnswer: (choice: Choice) => void };

export default function SignOutDialog({ unsent, onAnswer }: SignOutDialogProps) {
  const title = plural(unsent, { one: "You have an unsent message", other: "You have # unsent messages" });
  return (
    <Dialog title={title} isOpen onOpenChange={() => onAnswer("stay")}>
      <p className="text-muted">
        <Trans>
          What you keep here waits until you sign in again. On a device that others use, it is better deleted.
        </Trans>
      </p>
      <div className="flex flex-col gap-2">
        <Button variant="primary" onPress={() => onAnswer("keep")}>
          <Trans>Keep and sign out</Trans>
        </Button>
        <Button variant="danger" onPress={() => onAnswer("delete")}>
          <Trans>Delete and sign out</Trans>
        </Button>
        <Button variant="quiet" onPress={() => onAnswer("stay")}>
          <Trans>Stay signed in</Trans>
        </Button>
      </div>
    </Dialog>
  );
}
