// Says that this is somebody else's view, for how long still, and ends it.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { clockOf, useSecondsUntil } from "@/app/countdown";
import { Button, EyeIcon, notify } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { refusalOf } from "@/wire";
import { endLook, type Look } from "@/wire/impersonation";

export default function LookBar({ look }: { look: Look }) {
  const { t } = useLingui();
  const problemText = useProblemText();
  const [isPending, setPending] = useState(false);
  const clock = clockOf(useSecondsUntil(look.endsAt));
  const name = look.person.display_name;
  const end = async () => {
    setPending(true);
    try {
      await endLook();
    } catch (thrown) {
      notify({ title: t`This view is still open`, detail: problemText(refusalOf(thrown)), tone: "danger" });
      setPending(false);
    }
  };
  return (
    <aside
      aria-label={t`Viewing as somebody else`}
      className="flex shrink-0 items-center gap-3 bg-warning px-4 py-2 text-canvas sm:px-6"
    >
      <EyeIcon className="size-5" />
      <p role="status" className="min-w-0 flex-1 text-sm wrap-anywhere">
        <strong className="font-semibold">
          <Trans>You are viewing as {name}.</Trans>
        </strong>{" "}
        <span className="max-sm:hidden">
          <Trans>You can read everything and change nothing.</Trans>
        </span>
      </p>
      <span role="timer" aria-label={t`Time left`} className="text-sm tabular-nums">
        {clock}
      </span>
      <Button size="sm" isPending={isPending} onPress={() => void end()}>
        <Trans>Stop viewing</Trans>
      </Button>
    </aside>
  );
}
