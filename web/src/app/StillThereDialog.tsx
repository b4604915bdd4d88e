// The question itself: how long is left, staying, and leaving.
import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect } from "react";
import { Button, Dialog, notify } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { signOut } from "@/sign_out/sign_out";
import { refusalOf, stayHere } from "@/wire";
import { clockOf, useSecondsUntil } from "./countdown";

export default function StillThereDialog({ endsAt }: { endsAt: number }) {
  const { t } = useLingui();
  const problemText = useProblemText();
  const left = clockOf(useSecondsUntil(endsAt));
  useTitle(t`Are you still there?`);
  const leave = () =>
    void signOut().catch((thrown: unknown) =>
      notify({ title: t`You are still signed in`, detail: problemText(refusalOf(thrown)), tone: "danger" }),
    );
  return (
    <Dialog title={t`Are you still there?`} isOpen isAlert>
      <p className="text-muted">
        <Trans>
          Nothing happened here for a while. To protect your conversations you will be signed out in{" "}
          <span role="timer" className="font-medium text-ink tabular-nums">
            {left}
          </span>
          . What you were writing is kept.
        </Trans>
      </p>
      <div className="flex flex-col gap-2">
        <Button variant="primary" autoFocus onPress={stayHere}>
          <Trans>Stay signed in</Trans>
        </Button>
        <Button variant="quiet" onPress={leave}>
          <Trans>Sign out</Trans>
        </Button>
      </div>
    </Dialog>
  );
}

/** Who works in another tab sees the question in this one's title. */
function useTitle(title: string): void {
  useEffect(() => {
    const before = document.title;
    document.title = title;
    return () => {
      if (document.title === title) document.title = before;
    };
  }, [title]);
}
