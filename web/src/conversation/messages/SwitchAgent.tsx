/** Asks another agent for the answer. */
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Menu, MenuItem, MenuTrigger } from "@/design";
import type { ShownMessage } from "@/wire";
import { AgentMark } from "../AgentMark";
import type { Replying } from "./replying";

interface SwitchAgentProps {
  message: ShownMessage;
  replying: Replying;
}

export function SwitchAgent({ message, replying }: SwitchAgentProps) {
  const { t } = useLingui();
  const others = replying.agents.filter((agent) => agent.id !== message.agent);
  if (others.length === 0) return null;
  return (
    <MenuTrigger>
      <Button size="sm" variant="quiet">
        <Trans>Switch agent</Trans>
      </Button>
      <Menu aria-label={t`Switch agent`} onAction={(id) => replying.retry(message.id, String(id))}>
        {others.map((agent) => (
          <MenuItem key={agent.id} id={agent.id} textValue={agent.name} icon={<AgentMark agent={agent.id} />}>
            {agent.name}
          </MenuItem>
        ))}
      </Menu>
    </MenuTrigger>
  );
}
