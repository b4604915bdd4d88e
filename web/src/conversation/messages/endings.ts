/** How an answer ended, when that deserves a word and an act of its own. */
import type { ShownMessage, ShownRun } from "@/wire";

export type Ending = "stopped" | "interrupted" | "error" | "too_long" | "declined";

/** Null for an answer that is whole, or not finished yet. */
export function endingOf(message: ShownMessage, run: ShownRun | undefined): Ending | null {
  switch (message.status) {
    case "stopped":
    case "interrupted":
    case "error":
      return message.status;
    case "complete":
      if (run?.finish_reason === "max_tokens") return "too_long";
      return run?.finish_reason === "refusal" ? "declined" : null;
    default:
      return null;
  }
}

/** An answer that reached its longest length is none to throw away: it is continued. */
export const isRetryable = (ending: Ending | null): boolean => ending !== null && ending !== "too_long";
