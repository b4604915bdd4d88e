// Above a temporary conversation: what that means, and when it goes.
import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { Button, notify, TemporaryIcon } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { refusalOf, type Thread } from "@/wire";
import { useRetention } from "@/wire/kept";
import { deleteThread } from "@/wire/managing";
import { durationText } from "./duration_text";

const HOUR_MS = 3_600_000;

export default function TemporaryBanner({ thread }: { thread: Thread | undefined }) {
  const { t, i18n } = useLingui();
  const navigate = useNavigate();
  const problemText = useProblemText();
  const hours = useRetention().data?.temporary_hours;
  const end = thread && hours !== undefined && new Date(Date.parse(thread.updated_at) + hours * HOUR_MS);
  const moment = end && i18n.date(end, { dateStyle: "medium", timeStyle: "short" });
  const time = hours === undefined ? undefined : durationText(i18n.locale, hours);
  const remove = async (id: string) => {
    try {
      await deleteThread(id);
      await navigate({ to: "/" });
    } catch (thrown) {
      notify({ title: t`The conversation was not deleted`, detail: problemText(refusalOf(thrown)), tone: "danger" });
    }
  };
  return (
    <div
      role="note"
      className="flex animate-appear flex-wrap items-center gap-x-3 gap-y-1 border-line border-b bg-hover px-4 py-2.5 text-sm"
    >
      <TemporaryIcon className="size-5 text-muted" />
      <p className="min-w-48 flex-1">
        <Trans>Temporary: in no list, not found by search, not remembered.</Trans>{" "}
        {moment ? (
          <Trans>It is erased on {moment} unless something more is said.</Trans>
        ) : (
          time && <Trans>It is erased {time} after its last message.</Trans>
        )}
      </p>
      {thread && (
        <Button size="sm" variant="quiet" onPress={() => void remove(thread.id)}>
          <Trans>Erase now</Trans>
        </Button>
      )}
    </div>
  );
}
