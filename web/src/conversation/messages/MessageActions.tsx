/** What can be done with a finished answer: copy its Markdown, ask again, see how it was made. */
import { useLingui } from "@lingui/react/macro";
import { IconButton, Menu, MenuItem, MenuTrigger, RetryIcon } from "@/design";
import { type ShownMessage, type ShownRun, textOf } from "@/wire";
import { useLook } from "@/wire/impersonation";
import { AgentMark } from "../AgentMark";
import { CopyButton } from "../CopyButton";
import { RunDetails } from "./RunDetails";
import type { Replying } from "./replying";
import { Versions } from "./Versions";

interface MessageActionsProps {
  message: ShownMessage;
  run: ShownRun | undefined;
  replying: Replying;
  isLast: boolean;
  /** A notice above offers to ask again already. */
  isRetriedAbove: boolean;
}

export function MessageActions({ message, run, replying, isLast, isRetriedAbove }: MessageActionsProps) {
  const { t } = useLingui();
  const text = textOf(message);
  const { look } = useLook();
  return (
    <div className="message-actions -ml-2" data-always={isLast || message.siblings.length > 0 || undefined}>
      <Versions message={message} replying={replying} />
      {text !== "" && <CopyButton text={text} label={t`Copy answer`} />}
      {!isRetriedAbove && !look && <AskAgain message={message} replying={replying} />}
      {run && <RunDetails message={message} run={run} agentName={replying.agentName(message.agent ?? "")} />}
    </div>
  );
}

function AskAgain({ message, replying }: Pick<MessageActionsProps, "message" | "replying">) {
  const { t } = useLingui();
  return (
    <MenuTrigger>
      <IconButton size="sm" label={t`Ask again`}>
        <RetryIcon className="size-4" />
      </IconButton>
      <Menu aria-label={t`Ask again`} onAction={(agent) => replying.retry(message.id, String(agent))}>
        {replying.agents.map((agent) => (
          <MenuItem key={agent.id} id={agent.id} textValue={agent.name} icon={<AgentMark agent={agent.id} />}>
            {agent.id === message.agent ? t`${agent.name}, another answer` : t`${agent.name} instead`}
          </MenuItem>
        ))}
      </Menu>
    </MenuTrigger>
  );
}
