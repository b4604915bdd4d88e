/** What a message may ask of the conversation it stands in. */
import type { Agent } from "@/wire";

export interface Replying {
  readonly agents: readonly Agent[];
  agentName(id: string): string;
  /** Ask again, of the same agent or another. */
  retry(message: string, agent?: string): void;
  /** Say something else in place of an own message. */
  edit(message: string, text: string): void;
  /** Take back an own message that waits for its answer. */
  withdraw(message: string): void;
  /** Show the branch through another message. */
  select(message: string): void;
  /** Ask the agent to go on from where its answer broke off. */
  goOn(agent: string): void;
  /** Try a refused message again; `key` is that of the shown message. */
  sendAgain(key: string): void;
  /** Give up a refused message. */
  discard(key: string): void;
}
