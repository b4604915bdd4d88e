/** What the user said, exactly as it was typed, and whether it has reached the server. */
import { Trans, useLingui } from "@lingui/react/macro";
import { memo, useState } from "react";
import { Button } from "@/design";
import { countCodePoints, type ShownMessage, textOf } from "@/wire";
import { CopyButton } from "../CopyButton";
import { DeliveryState } from "./DeliveryState";
import type { Replying } from "./replying";

/** UTF-16 units and lines above which a message is shown folded. */
const LONG = { units: 1_600, lines: 18 };

interface UserMessageProps {
  message: ShownMessage;
  replying: Replying;
}

export const UserMessage = memo(function UserMessage({ message, replying }: UserMessageProps) {
  const { t } = useLingui();
  const text = textOf(message);
  const isLong = text.length > LONG.units || text.split("\n", LONG.lines + 1).length > LONG.lines;
  const [open, setOpen] = useState(false);
  const folded = isLong && !open;
  return (
    <article
      aria-label={t`You`}
      data-message-id={message.id}
      data-status={message.delivery === "stored" ? message.status : message.delivery}
      data-raw-length={countCodePoints(text)}
      className="group/message relative flex flex-col items-end gap-1.5"
    >
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
      <DeliveryState message={message} replying={replying} />
      {message.delivery === "stored" && (
        // In the space below, so that hidden acts take none of their own.
        <div className="message-actions absolute top-full right-0">
          <CopyButton text={text} label={t`Copy message`} />
        </div>
      )}
    </article>
  );
});
