// Links to a conversation: made here, copied once, and taken back.
import { Trans, useLingui } from "@lingui/react/macro";
import { type FormEvent, useState } from "react";
import { Asked } from "@/app/Asked";
import { Button, Checkbox, Dialog, InlineNotice, Select } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { refusalOf, useMe } from "@/wire";
import { addressOf, type NewShare, useShareActs, useShares } from "@/wire/carrying";
import { LinkList } from "./LinkList";
import { NewLink } from "./NewLink";

type Days = "never" | "7" | "30" | "365";

export default function ShareDialog({ threadId, onClose }: { threadId: string; onClose: () => void }) {
  const { t } = useLingui();
  const shares = useShares(threadId);
  const [made, setMade] = useState<NewShare>();
  return (
    <Dialog title={t`Share by link`} isOpen onOpenChange={onClose}>
      <p className="text-muted">
        <Trans>
          Whoever has the link can read what has been said so far, without an account. What you write later is not shown
          unless you update the link.
        </Trans>
      </p>
      <Asked question={shares}>
        {({ offered, shares: found }) => (
          <>
            {made !== undefined && found.some(({ id }) => id === made.share.id) && (
              <NewLink key={made.token} address={addressOf(made.token)} />
            )}
            {offered ? (
              <ShareForm threadId={threadId} hasOne={found.length > 0} onMade={setMade} />
            ) : (
              <InlineNotice tone="warning">
                <Trans>This server does not let conversations be shared by link.</Trans>
              </InlineNotice>
            )}
            {found.length > 0 && <LinkList shares={found} />}
          </>
        )}
      </Asked>
      <Button variant="quiet" onPress={onClose}>
        <Trans>Close</Trans>
      </Button>
    </Dialog>
  );
}

type ShareFormProps = { threadId: string; hasOne: boolean; onMade: (made: NewShare) => void };

function ShareForm({ threadId, hasOne, onMade }: ShareFormProps) {
  const { t } = useLingui();
  const me = useMe();
  const { share } = useShareActs();
  const problemText = useProblemText();
  const [isNamed, setNamed] = useState(false);
  const [days, setDays] = useState<Days>("never");
  const [error, setError] = useState<string>();
  const [isPending, setPending] = useState(false);
  const name = me?.display_name ?? "";
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setError(undefined);
    setPending(true);
    try {
      onMade(await share(threadId, isNamed && name !== "" ? name : null, days === "never" ? null : Number(days)));
    } catch (thrown) {
      setError(problemText(refusalOf(thrown)));
    } finally {
      setPending(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      {error && <InlineNotice tone="danger">{error}</InlineNotice>}
      <Select
        label={t`The link is good for`}
        value={days}
        onChange={setDays}
        options={[
          { id: "never", label: t`Until I revoke it` },
          { id: "7", label: t`A week` },
          { id: "30", label: t`A month` },
          { id: "365", label: t`A year` },
        ]}
      />
      {name !== "" && (
        <Checkbox isSelected={isNamed} onChange={setNamed}>
          <Trans>Show my name, “{name}”</Trans>
        </Checkbox>
      )}
      <Button type="submit" variant={hasOne ? "secondary" : "primary"} size="lg" isPending={isPending}>
        {hasOne ? <Trans>Make another link</Trans> : <Trans>Make a link</Trans>}
      </Button>
    </form>
  );
}
