/** Chooses who answers the next message. */
import { useLingui } from "@lingui/react/macro";
import { Button, ChevronDownIcon, Menu, MenuItem, MenuTrigger } from "@/design";
import { useLanguage } from "@/i18n/language";
import type { Agent } from "@/wire";
import { AgentMark } from "../AgentMark";

interface AgentChoiceProps {
  agents: readonly Agent[];
  chosen: string;
  onChoose: (agent: string) => void;
}

export function AgentChoice({ agents, chosen, onChoose }: AgentChoiceProps) {
  const { t } = useLingui();
  const language = useLanguage();
  const name = agents.find((agent) => agent.id === chosen)?.name ?? chosen;
  return (
    <MenuTrigger>
      <Button size="sm" variant="quiet" aria-label={t`Agent: ${name}`} className="pl-1.5">
        <AgentMark agent={chosen} />
        <span className="text-ink">{name}</span>
        <ChevronDownIcon className="size-4" />
      </Button>
      <Menu
        placement="top start"
        aria-label={t`Agents`}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[chosen]}
        onAction={(agent) => onChoose(String(agent))}
      >
        {agents.map((agent) => (
          <MenuItem
            key={agent.id}
            id={agent.id}
            textValue={agent.name}
            icon={<AgentMark agent={agent.id} size="md" />}
            detail={<span className="block max-w-60">{agent.description[language]}</span>}
          >
            {agent.name}
          </MenuItem>
        ))}
      </Menu>
    </MenuTrigger>
  );
}
