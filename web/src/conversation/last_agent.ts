/** Remembers on this device with whom a new conversation begins. */
import { useCallback, useState } from "react";
import type { Agent } from "@/wire";

const REMEMBERED = "emergence.agent";

/** Return the agent chosen last, if it still exists, else the first one; and a way to choose another. */
export function useLastAgent(agents: readonly Agent[]): [string, (agent: string) => void] {
  const [chosen, setChosen] = useState(() => localStorage.getItem(REMEMBERED));
  const remember = useCallback((agent: string) => {
    localStorage.setItem(REMEMBERED, agent);
    setChosen(agent);
  }, []);
  const known = agents.find((agent) => agent.id === chosen) ?? agents[0];
  return [known?.id ?? "", remember];
}
