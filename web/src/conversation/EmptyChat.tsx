/** A conversation before its first word: who answers, what they are good at, four ways to begin. */
import { Trans, useLingui } from "@lingui/react/macro";
import { Button as Pressable, ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { ArrowRightIcon } from "@/design";
import { useLanguage } from "@/i18n/language";
import type { Agent } from "@/wire";
import { AgentMark } from "./AgentMark";
import "./composer/composer.css";

interface EmptyChatProps {
  agents: readonly Agent[];
  chosen: string;
  onChoose: (agent: string) => void;
  onStart: (text: string) => void;
}

export function EmptyChat({ agents, chosen, onChoose, onStart }: EmptyChatProps) {
  const { t } = useLingui();
  const language = useLanguage();
  const agent = agents.find(({ id }) => id === chosen);
  if (agent === undefined) return null;
  const starters = agent.starters[language] ?? [];
  return (
    <section
      data-agent={agent.id}
      className="m-auto flex w-full max-w-reading flex-col gap-5 px-4 py-5 sm:gap-8 sm:px-6 sm:py-8"
    >
      <div key={agent.id} className="flex animate-rise flex-col items-center gap-3 text-center sm:gap-4">
        <AgentMark agent={agent.id} size="lg" />
        <h2 className="text-2xl">
          <Trans>Talk with {agent.name}</Trans>
        </h2>
        <p className="max-w-lg text-balance text-muted text-reading">{agent.description[language]}</p>
      </div>
      <ToggleButtonGroup
        aria-label={t`Agents`}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[chosen]}
        onSelectionChange={([next]) => next !== undefined && onChoose(String(next))}
        className="mx-auto flex gap-1 rounded-full bg-hover p-1"
      >
        {agents.map(({ id, name }) => (
          <ToggleButton key={id} id={id} data-agent={id} className="agent-tab">
            {name}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <ul aria-label={t`Ways to begin`} className="grid gap-2.5 sm:grid-cols-2">
        {starters.slice(0, 4).map((starter) => (
          <li key={starter} className="flex">
            <Pressable onPress={() => onStart(starter)} className="starter group">
              <span className="flex-1 text-left">{starter}</span>
              <ArrowRightIcon className="size-4 text-faint transition-transform duration-150 group-data-hovered:translate-x-0.5" />
            </Pressable>
          </li>
        ))}
      </ul>
    </section>
  );
}
