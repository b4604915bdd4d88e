// Forgetting what something is about: a few words, what holds them, and only then an end to it, told in numbers.
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { type FormEvent, useState } from "react";
import { Button, Dialog, InlineNotice, TextField } from "@/design";
import { useAttempt } from "@/managing/use_attempt";
import { type ForgetPreview, type Forgotten, useMemoryActs } from "@/wire/memory";
import { ABOUT_MAX } from "../words";
import { PreviewList } from "./PreviewList";

export function ForgetAboutDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const { previewForgetting } = useMemoryActs();
  const [about, setAbout] = useState("");
  const [preview, setPreview] = useState<ForgetPreview>();
  const [forgotten, setForgotten] = useState<Forgotten>();
  const { problem, isPending, attempt } = useAttempt(() => undefined);
  const [isLooking, setLooking] = useState(false);
  const canLook = about.trim().length >= 2;

  const look = async (event: FormEvent) => {
    event.preventDefault();
    if (!canLook || isLooking) return;
    setForgotten(undefined);
    setLooking(true);
    await attempt(async () => setPreview(await previewForgetting(about.trim())));
    setLooking(false);
  };
  return (
    <Dialog title={t`Forget about…`} isOpen onOpenChange={onClose} isWide>
      <p className="text-muted">
        <Trans>
          First you see everything that would go. What was said stays in its conversation; agents find it nowhere else
          any more.
        </Trans>
      </p>
      <form noValidate onSubmit={(event) => void look(event)} className="flex flex-wrap items-end gap-2">
        <TextField
          label={t`What about?`}
          className="min-w-56 flex-1"
          autoFocus
          autoComplete="off"
          maxLength={ABOUT_MAX}
          placeholder={t`A name, a place, a few words`}
          value={about}
          onChange={(next) => {
            setAbout(next);
            setPreview(undefined);
          }}
        />
        <Button type="submit" className="h-11" isPending={isLooking && isPending} isDisabled={!canLook}>
          <Trans>Show what would go</Trans>
        </Button>
      </form>
      {problem && preview === undefined && <InlineNotice tone="danger">{problem}</InlineNotice>}
      {forgotten && <Told forgotten={forgotten} />}
      {preview && (
        <PreviewList
          preview={preview}
          onForgotten={(counted) => {
            setPreview(undefined);
            setForgotten(counted);
          }}
        />
      )}
      <Button variant="quiet" onPress={onClose}>
        {forgotten ? <Trans>Done</Trans> : <Trans>Cancel</Trans>}
      </Button>
    </Dialog>
  );
}

function Told({ forgotten: { items, turns } }: { forgotten: Forgotten }) {
  if (items + turns === 0) {
    return (
      <InlineNotice>
        <Trans>It was all forgotten already.</Trans>
      </InlineNotice>
    );
  }
  return (
    <InlineNotice tone="success">
      <Trans>Forgotten for good:</Trans> {items > 0 && <Plural value={items} one="# thing" other="# things" />}
      {items > 0 && turns > 0 && ", "}
      {turns > 0 && <Plural value={turns} one="# message" other="# messages" />}.
    </InlineNotice>
  );
}
