// Asks before an act of an administrator: says what happens, does it, and asks who one is where the server wants to know.
import { Trans } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import { Button, Dialog, InlineNotice } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { useStepUp } from "@/second_factor/step_up";
import { refusalOf } from "@/wire";

type ConfirmDialogProps = {
  title: string;
  children: ReactNode;
  /** What the button that does it says. */
  label: string;
  isDangerous?: boolean;
  isDisabled?: boolean;
  /** What it throws is told in the dialog. */
  act: () => Promise<unknown>;
  onDone?: () => void;
  onClose: () => void;
};

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, label, isDangerous = false, isDisabled = false, act, onDone, onClose } = props;
  const problemText = useProblemText();
  const { proved, question } = useStepUp();
  const [problem, setProblem] = useState<string>();
  const [isPending, setPending] = useState(false);
  const confirm = async () => {
    setProblem(undefined);
    setPending(true);
    try {
      if ((await proved(act)) === undefined) return;
      onClose();
      onDone?.();
    } catch (thrown) {
      setProblem(problemText(refusalOf(thrown)));
    } finally {
      setPending(false);
    }
  };
  return (
    <Dialog title={title} isOpen onOpenChange={onClose}>
      {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
      {children}
      <div className="flex flex-col gap-2">
        <Button
          variant={isDangerous ? "danger" : "primary"}
          isPending={isPending}
          isDisabled={isDisabled}
          onPress={() => void confirm()}
        >
          {label}
        </Button>
        <Button variant="quiet" autoFocus={!isDisabled} onPress={onClose}>
          <Trans>Cancel</Trans>
        </Button>
      </div>
      {question}
    </Dialog>
  );
}
