// For how long one conversation is kept after its last message, and what that would erase, before it is so.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Asked } from "@/app/Asked";
import { Button, Dialog, InlineNotice, Select, Spinner, TextField } from "@/design";
import type { Thread } from "@/wire";
import { useRetention, useRetentionPreview } from "@/wire/kept";
import { changeThread } from "@/wire/managing";
import { daysText, endOf } from "./kept_until";
import { useAttempt } from "./use_attempt";

const OFFERED = [1, 7, 30, 90, 365];
const MOST = 36_500; // contracts/session/managing.py

type KeepDialogProps = { thread: Thread; onClose: () => void };

export function KeepDialog(props: KeepDialogProps) {
  const { t } = useLingui();
  const retention = useRetention();
  return (
    <Dialog title={t`Keep for…`} isOpen onOpenChange={props.onClose}>
      <p className="-mt-3 truncate text-muted">{props.thread.title}</p>
      <Asked question={retention}>{({ days }) => <Choice {...props} limit={days} />}</Asked>
    </Dialog>
  );
}

/** `limit`: the days that the deployment keeps any conversation. */
function Choice({ thread, limit, onClose }: KeepDialogProps & { limit: number | null }) {
  const { t, i18n } = useLingui();
  const own = thread.retention_days;
  const offered = OFFERED.filter((days) => limit === null || days < limit);
  const [chosen, setChosen] = useState(own === null ? "none" : offered.includes(own) ? String(own) : "other");
  const [other, setOther] = useState(own === null ? "" : String(own));
  const { problem, isPending, attempt } = useAttempt(onClose);
  const most = limit ?? MOST;
  const days = chosen === "none" ? null : Number(chosen === "other" ? other : chosen);
  const isValid = days === null || (Number.isInteger(days) && days >= 1 && days <= most);
  const end = isValid ? endOf(thread.updated_at, days, limit) : null;
  const isOver = end !== null && end.getTime() <= Date.now();
  const options = [
    {
      id: "none",
      label: limit === null ? t`Until you delete it` : t`As this server does: ${daysText(i18n.locale, limit)}`,
    },
    ...offered.map((each) => ({ id: String(each), label: daysText(i18n.locale, each) })),
    { id: "other", label: t`Another number of days` },
  ];
  return (
    <>
      {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
      <Select label={t`After its last message`} value={chosen} onChange={setChosen} options={options} />
      {chosen === "other" && (
        <TextField
          label={t`Days`}
          inputMode="numeric"
          value={other}
          onChange={setOther}
          error={other !== "" && !isValid ? t`A whole number from 1 to ${i18n.number(most)}.` : undefined}
          autoFocus
        />
      )}
      {isValid && (isOver ? <GoesAtOnce thread={thread} days={days} /> : <GoesLater end={end} />)}
      <div className="flex flex-col gap-2">
        <Button
          variant={isOver ? "danger" : "primary"}
          isPending={isPending}
          isDisabled={!isValid}
          onPress={() => void attempt(() => changeThread(thread.id, { retention_days: days }))}
        >
          {isOver ? <Trans>Save, and erase it</Trans> : <Trans>Save</Trans>}
        </Button>
        <Button variant="quiet" onPress={onClose}>
          <Trans>Cancel</Trans>
        </Button>
      </div>
    </>
  );
}

function GoesLater({ end }: { end: Date | null }) {
  const { i18n } = useLingui();
  if (end === null) return <p className="text-muted">{<Trans>Nothing erases it but you.</Trans>}</p>;
  const day = i18n.date(end, { dateStyle: "long" });
  return (
    <p className="text-muted">
      <Trans>If nothing more is said in it, it is erased on {day}.</Trans>
    </p>
  );
}

/** The server counts what would go. */
function GoesAtOnce({ thread, days }: { thread: Thread; days: number | null }) {
  const { t, i18n } = useLingui();
  const { data } = useRetentionPreview(days, thread.id);
  if (data === undefined) return <Spinner label={t`Looking at what would be erased`} className="size-5 text-muted" />;
  const messages = i18n.number(data.messages);
  return (
    <InlineNotice tone="danger">
      <Trans>
        Its last message is older than that: the conversation, with its messages ({messages}), is erased within a
        minute. Nobody can bring it back.
      </Trans>
    </InlineNotice>
  );
}
