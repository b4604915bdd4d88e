/** What the user said, exactly as it was typed, whether it has reached the server, and what else was said there. */
import { Trans, useLingui } from "@lingui/react/macro";
import { lazy, memo, Suspense, useRef, useState } from "react";
import { withTextsOf } from "@/app/with_texts";
import { Button, CloseIcon, IconButton, PencilIcon } from "@/design";
import { countCodePoints, type ShownMessage, textOf } from "@/wire";
import { useLook } from "@/wire/impersonation";
import { CopyButton } from "../CopyButton";
import { DeliveryState } from "./DeliveryState";
import type { Replying } from "./replying";
import { Versions } from "./Versions";

const EditMessage = lazy(withTextsOf("later")(() => import("@/versions/EditMessage")));

/** UTF-16 units and lines above which a message is shown folded. */
const LONG = { units: 1_600, lines: 18 };

interface UserMessageProps {
  message: ShownMessage;
  replying: Replying;
  /** Another answer is being written first. */
  isWaiting?: boolean;
}

export const UserMessage = memo(function UserMessage({ message, replying, isWaiting = false }: UserMessageProps) {
  const { t } = useLingui();
  const { look } = useLook();
  const [isEditing, setEditing] = useState(false);
  const article = useRef<HTMLElement>(null);
  const close = () => {
    setEditing(false);
    requestAnimationFrame(() => article.current?.querySelector<HTMLElement>("[data-edit]")?.focus());
  };
  const send = (text: string) => {
    setEditing(false);
    replying.edit(message.id, text);
    document.querySelector<HTMLElement>(".composer-place textarea")?.focus(); // this message gives way to the new one
  };
  return (
    <article
      ref={article}
      aria-label={t`You`}
      data-message-id={message.id}
      data-status={message.delivery === "stored" ? message.status : message.delivery}
      data-raw-length={countCodePoints(textOf(message))}
      className="group/message relative flex flex-col items-end gap-1.5"
    >
      {isEditing ? (
        <Suspense fallback={<Said message={message} />}>
          <EditMessage message={message} onSend={send} onClose={close} />
        </Suspense>
      ) : (
        <Said message={message} />
      )}
      <DeliveryState message={message} replying={replying} />
      {message.delivery === "stored" && !isEditing && (
        // In the space below, so that hidden acts take none of their own.
        <div
          className="message-actions absolute top-full right-0"
          data-always={isWaiting || message.siblings.length > 0 || undefined}
        >
          <Versions message={message} replying={replying} />
          {!look && (
            <IconButton size="sm" label={t`Edit message`} data-edit onPress={() => setEditing(true)}>
              <PencilIcon className="size-4" />
            </IconButton>
          )}
          {isWaiting && !look && (
            <IconButton size="sm" label={t`Take back`} onPress={() => replying.withdraw(message.id)}>
              <CloseIcon className="size-4" />
            </IconButton>
          )}
          <CopyButton text={textOf(message)} label={t`Copy message`} />
        </div>
      )}
    </article>
  );
});

function Said({ message }: { message: ShownMessage }) {
  const text = textOf(message);
  const isLong = text.length > LONG.units || text.split("\n", LONG.lines + 1).length > LONG.lines;
  const [open, setOpen] = useState(false);
  const folded = isLong && !open;
  return (
    <div className="max-w-[88%] rounded-2xl rounded-br-md bg-hover px-4 py-2.5 text-reading sm:max-w-[80%]">
      <p dir="auto" className={`whitespace-pre-wrap break-words ${folded ? "folded" : ""}`}>
        {text}
      </p>
      {isLong && (
        <Button size="sm" variant="quiet" className="-ml-3" onPress={() => setOpen(!open)}>
          {open ? <Trans>Show less</Trans> : <Trans>Show the whole message</Trans>}
        </Button>
      )}
    </div>
  );
}
