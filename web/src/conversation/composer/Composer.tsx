/** Where a message is written: its text, who answers, and Send, which is Stop while an answer comes. */
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useId, useRef, useState } from "react";
import { IconButton, SendIcon, SteerIcon, StopIcon } from "@/design";
import { type Agent, countCodePoints, sayTyping } from "@/wire";
import { AgentChoice } from "./AgentChoice";
import { addressedAgent } from "./address_agent";
import "./composer.css";
import { MessageField } from "./MessageField";
import { useDraft } from "./use_draft";

/** Share of the limit from which the counter is shown. */
const COUNT_FROM = 0.9;

export interface ComposerProps {
  user: string;
  /** The thread's id, or "new": drafts are kept by it. */
  place: string;
  agents: readonly Agent[];
  /** Who answers unless somebody else is chosen. */
  agent: string;
  /** Given when the choice should outlive the message. */
  onAgent?: (agent: string) => void;
  isReplying: boolean;
  /** The most code points of one message. */
  maxCharacters: number;
  onSend: (text: string, agent: string) => void;
  /** Send at once, which ends the answer that is being written. */
  onSendNow?: ((text: string, agent: string) => void) | undefined;
  onStop: () => void;
}

export function Composer(props: ComposerProps) {
  const { t } = useLingui();
  const { agents, isReplying, maxCharacters } = props;
  const { draft, change, clear } = useDraft(props.user, props.place);
  const [isWaiting, setWaiting] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const counterId = useId();
  const chosen = draft.agent ?? props.agent;
  const name = agents.find((agent) => agent.id === chosen)?.name ?? "";
  // Never fewer UTF-16 units than code points: far from the limit nothing needs counting.
  const length = draft.text.length < maxCharacters * COUNT_FROM ? null : countCodePoints(draft.text);
  const isTooLong = length !== null && length > maxCharacters;
  const isEmpty = draft.text.trim() === "";

  const choose = (agent: string) => {
    change({ agent });
    props.onAgent?.(agent);
    // Once the menu has closed and given focus back.
    requestAnimationFrame(() => field.current?.focus());
  };
  const write = (text: string) => {
    setWaiting(false);
    sayTyping(props.place === "new" ? undefined : props.place);
    const addressed = addressedAgent(text, agents);
    change(addressed ? { text: addressed.text, agent: addressed.agent } : { text });
    if (addressed) props.onAgent?.(addressed.agent);
  };
  const stop = () => {
    props.onStop();
    field.current?.focus(); // the button goes away; the keyboard's place must not
  };
  const send = (onSend = props.onSend) => {
    if (isEmpty || isTooLong) return;
    setWaiting(chosen === "");
    if (chosen === "") return;
    clear();
    onSend(draft.text, chosen);
  };
  const { onSendNow } = props;
  const sendNow = onSendNow && (() => send(onSendNow));
  // Enter may be quicker than the list of agents.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is known who answers
  useEffect(() => {
    if (isWaiting && chosen !== "") send();
  }, [isWaiting, chosen]);

  return (
    <form
      data-agent={chosen}
      aria-label={t`New message`}
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <MessageField
        ref={field}
        text={draft.text}
        placeholder={t`Message ${name}`}
        describedBy={length === null ? undefined : counterId}
        isInvalid={isTooLong}
        onChange={write}
        onSend={() => send()}
        onSendNow={sendNow}
      />
      <div className="flex items-center gap-2 px-2 pb-2">
        <AgentChoice agents={agents} chosen={chosen} onChoose={choose} />
        <span className="flex-1" />
        {length !== null && <Counter id={counterId} length={length} limit={maxCharacters} />}
        {isReplying && (
          <IconButton
            label={t`Stop`}
            variant={isEmpty ? "primary" : "secondary"}
            onPress={stop}
            className="rounded-full!"
          >
            <StopIcon />
          </IconButton>
        )}
        {isReplying && !isEmpty && sendNow && (
          <IconButton
            label={t`End this answer and send now`}
            isDisabled={isTooLong}
            className="rounded-full!"
            onPress={() => {
              sendNow();
              field.current?.focus();
            }}
          >
            <SteerIcon />
          </IconButton>
        )}
        {(!isReplying || !isEmpty) && (
          <IconButton
            type="submit"
            label={isReplying ? t`Send after this answer` : t`Send`}
            variant="primary"
            isDisabled={isEmpty || isTooLong}
            className="rounded-full!"
          >
            <SendIcon />
          </IconButton>
        )}
      </div>
    </form>
  );
}

function Counter({ id, length, limit }: { id: string; length: number; limit: number }) {
  const { i18n } = useLingui();
  const over = length - limit;
  return (
    <span
      id={id}
      aria-live="polite"
      className={`text-sm tabular-nums ${over > 0 ? "font-medium text-danger" : "text-muted"}`}
    >
      {over > 0 ? (
        <Plural value={over} one="# character too many" other="# characters too many" />
      ) : (
        <Trans>
          {i18n.number(length)} of {i18n.number(limit)}
        </Trans>
      )}
    </span>
  );
}
