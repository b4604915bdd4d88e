/** An own message while it is edited, in its place; what was typed survives a reload. */
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { MessageField } from "@/conversation/composer/MessageField";
import { useDraft } from "@/conversation/composer/use_draft";
import { Button } from "@/design";
import { countCodePoints, type ShownMessage, textOf, useMe, useMessageLimit } from "@/wire";

interface EditMessageProps {
  message: ShownMessage;
  onSend: (text: string) => void;
  onClose: () => void;
}

export default function EditMessage({ message, onSend, onClose }: EditMessageProps) {
  const { t } = useLingui();
  const user = useMe()?.user_id ?? "";
  const { draft, change, clear } = useDraft(user, `edit:${message.id}`);
  const [isTouched, setTouched] = useState(false);
  const text = isTouched || draft.text !== "" ? draft.text : textOf(message);
  const limit = useMessageLimit();
  const isTooLong = text.length > limit && countCodePoints(text) > limit;
  const send = () => {
    if (text.trim() === "" || isTooLong) return;
    clear();
    onSend(text);
  };
  const close = () => {
    clear();
    onClose();
  };
  return (
    <form
      aria-label={t`Edit message`}
      className="composer w-full"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.nativeEvent.isComposing) return;
        event.stopPropagation();
        close();
      }}
    >
      <MessageField
        label={t`Edit message`}
        text={text}
        isInvalid={isTooLong}
        onChange={(next) => {
          setTouched(true);
          change({ text: next });
        }}
        onSend={send}
      />
      <div className="flex items-center justify-end gap-2 px-2 pb-2">
        {isTooLong && (
          <span role="alert" className="flex-1 px-2 text-danger text-sm">
            <Trans>The message is too long for one message.</Trans>
          </span>
        )}
        <Button size="sm" variant="quiet" onPress={close}>
          <Trans>Cancel</Trans>
        </Button>
        <Button size="sm" variant="primary" type="submit" isDisabled={text.trim() === "" || isTooLong}>
          <Trans>Send</Trans>
        </Button>
      </div>
    </form>
  );
}
