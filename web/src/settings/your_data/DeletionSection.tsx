// The end of one's account: what happens, when, and a word to type, so that no slip of the hand does it.
import { Trans, useLingui } from "@lingui/react/macro";
import { type FormEvent, useState } from "react";
import { deleteDrafts } from "@/conversation/composer/drafts";
import { Button, Dialog, InlineNotice, notify, TextField } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { useStepUp } from "@/second_factor/step_up";
import { refusalOf, useMe } from "@/wire";
import { forgetMe, useMyDataActs } from "@/wire/my_data";
import { Section } from "../Section";

const WEEK_MS = 7 * 24 * 3600 * 1000; // as long as the server waits; its own answer is what counts

export function DeletionSection() {
  const { t } = useLingui();
  const [isOpen, setOpen] = useState(false);
  return (
    <Section title={t`Delete account`} description={t`A week remains in which you can change your mind.`}>
      <Button variant="danger" className="self-start" onPress={() => setOpen(true)}>
        <Trans>Delete my account…</Trans>
      </Button>
      {isOpen && <DeletionDialog onClose={() => setOpen(false)} />}
    </Section>
  );
}

function DeletionDialog({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useLingui();
  const { error, question, isPending, remove } = useDeletion(onClose);
  const [typed, setTyped] = useState("");
  const [isMissing, setMissing] = useState(false);
  const word = t`delete`;
  const day = i18n.date(new Date(Date.now() + WEEK_MS), { dateStyle: "long" });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const isTyped = typed.trim().toLocaleLowerCase() === word;
    setMissing(!isTyped);
    if (isTyped) void remove();
  };
  return (
    <Dialog title={t`Delete your account?`} isOpen onOpenChange={onClose}>
      <ul className="flex list-disc flex-col gap-1.5 pl-5 text-muted">
        <li>
          <Trans>You are signed out everywhere, now.</Trans>
        </li>
        <li>
          <Trans>Until {day} you can sign in and keep the account.</Trans>
        </li>
        <li>
          <Trans>Then your account and every conversation are deleted, and nobody can bring them back.</Trans>
        </li>
      </ul>
      <InlineNotice tone="warning">
        <Trans>What you may want to keep, export first: a file cannot be downloaded during that week.</Trans>
      </InlineNotice>
      {error && <InlineNotice tone="danger">{error}</InlineNotice>}
      <form onSubmit={submit} noValidate className="flex flex-col gap-5">
        <TextField
          label={t`Type “${word}” to confirm`}
          value={typed}
          onChange={setTyped}
          error={isMissing ? t`Type the word “${word}”.` : undefined}
          autoComplete="off"
          spellCheck="false"
          autoFocus
        />
        <div className="flex flex-col gap-2">
          <Button type="submit" variant="danger" size="lg" isPending={isPending}>
            <Trans>Delete my account</Trans>
          </Button>
          <Button variant="quiet" onPress={onClose}>
            <Trans>Cancel</Trans>
          </Button>
        </div>
      </form>
      {question}
    </Dialog>
  );
}

/** Shut the account, then leave this device without a trace of what was not sent. */
function useDeletion(onClose: () => void) {
  const { t, i18n } = useLingui();
  const me = useMe();
  const { deleteAccount } = useMyDataActs();
  const { proved, question } = useStepUp();
  const problemText = useProblemText();
  const [error, setError] = useState<string>();
  const [isPending, setPending] = useState(false);
  const remove = async () => {
    setError(undefined);
    setPending(true);
    try {
      const shut = await proved(deleteAccount);
      if (!shut || !me) return;
      const day = i18n.date(new Date(shut.answer), { dateStyle: "full" });
      onClose();
      notify({
        title: t`Your account is closed`,
        detail: t`It will be deleted on ${day}. Sign in before that to keep it.`,
      });
      await forgetMe(me.user_id);
      await deleteDrafts(me.user_id, { onlyBlank: false }).catch(() => undefined); // a browser without storage has none
    } catch (thrown) {
      setError(problemText(refusalOf(thrown)));
    } finally {
      setPending(false);
    }
  };
  return { error, question, isPending, remove };
}
