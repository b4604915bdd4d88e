/** Says of a message of this device whether the server has it. */
import { Trans } from "@lingui/react/macro";
import { Button, WarningIcon } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { type ShownMessage, useConnection } from "@/wire";
import type { Replying } from "./replying";
import { useElapsed } from "./use_elapsed";

/** Seconds within which sending goes without saying. */
const QUIET_S = 3;

interface DeliveryStateProps {
  message: ShownMessage;
  replying: Replying;
}

export function DeliveryState({ message, replying }: DeliveryStateProps) {
  if (message.delivery === "pending") return <Pending />;
  if (message.delivery === "refused") return <Refused message={message} replying={replying} />;
  return null;
}

function Pending() {
  const { state } = useConnection();
  const elapsed = useElapsed();
  if (elapsed < QUIET_S) return null;
  return (
    <span role="status" className="animate-appear text-muted text-sm">
      {state === "online" ? <Trans>Sending…</Trans> : <Trans>Will be sent when the connection is back</Trans>}
    </span>
  );
}

function Refused({ message, replying }: DeliveryStateProps) {
  const problemText = useProblemText();
  return (
    <div className="flex flex-wrap items-center justify-end gap-2">
      <span role="alert" className="flex items-center gap-1.5 text-danger text-sm">
        <WarningIcon className="size-4" />
        <span>
          <Trans>Not sent.</Trans> {problemText(message.refusal ?? { code: "unexpected" })}
        </span>
      </span>
      <Button size="sm" onPress={() => replying.sendAgain(message.key)}>
        <Trans>Send again</Trans>
      </Button>
      <Button size="sm" variant="quiet" onPress={() => replying.discard(message.key)}>
        <Trans>Discard</Trans>
      </Button>
    </div>
  );
}
