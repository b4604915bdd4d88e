/** Reads "@neo " at the start of a message as a choice of agent. */
import type { Agent } from "@/wire";

export interface Addressed {
  agent: string;
  /** What is left to say. */
  text: string;
}

/** Return who `text` is addressed to, or null when it does not begin with an agent's name and a space. */
export function addressedAgent(text: string, agents: readonly Agent[]): Addressed | null {
  const match = /^\s*@([\p{L}\p{N}_-]+)\s/u.exec(text);
  if (match === null) return null;
  const name = match[1]?.toLocaleLowerCase();
  const agent = agents.find(({ id, name: shown }) => id === name || shown.toLocaleLowerCase() === name);
  return agent ? { agent: agent.id, text: text.slice(match[0].length) } : null;
}
