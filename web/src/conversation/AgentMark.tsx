/** The sign of an agent: one drawing each, in its accent; a letter for agents that have none. */
import type { ReactNode } from "react";

const DRAWINGS: Record<string, ReactNode> = {
  // Anima: a flame that opens; Neo: a cut stone; Nexus: two rings that meet.
  anima: (
    <path d="M12 5c1 3.200 4.500 4.600 4.500 8.500a4.500 4.500 0 0 1-9 0c0-1.700.8-2.900 1.800-3.800.2 1.300.9 2 1.700 2.300C10.600 9.500 10.900 7 12 5z" />
  ),
  neo: (
    <path d="M8.500 6.500h7L18.500 11 12 18.500 5.500 11zM5.500 11h13M9.500 11 12 18M14.500 11 12 18M8.500 6.500l1 4.500M15.500 6.500l-1 4.500" />
  ),
  nexus: <path d="M9.500 16a4 4 0 1 1 0-8 4 4 0 0 1 0 8zM14.500 16a4 4 0 1 1 0-8 4 4 0 0 1 0 8z" />,
};

const SIZES = { sm: "size-6", md: "size-8", lg: "size-14" };

interface AgentMarkProps {
  agent: string;
  size?: keyof typeof SIZES;
}

/** Decorative: the agent's name stands beside it. */
export function AgentMark({ agent, size = "sm" }: AgentMarkProps) {
  const drawing = DRAWINGS[agent];
  return (
    <span
      aria-hidden="true"
      data-agent={agent}
      className={`${SIZES[size]} grid shrink-0 place-items-center rounded-full bg-agent-soft text-agent`}
    >
      {drawing === undefined ? (
        <span className="font-semibold text-sm uppercase">{agent.slice(0, 1)}</span>
      ) : (
        <svg
          viewBox="0 0 24 24"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          strokeLinejoin="round"
          className="size-[78%]"
        >
          <title>{agent}</title>
          {drawing}
        </svg>
      )}
    </span>
  );
}
