// The day on which something was said, and by whom.
import { useLingui } from "@lingui/react/macro";
import { useAgents } from "@/wire";
import type { KeptTurn } from "@/wire/memory";
import { useDay } from "./use_day";

export function Speaker({ turn }: { turn: Pick<KeptTurn, "role" | "speaker" | "said_at"> }) {
  const { t } = useLingui();
  const dayOf = useDay();
  const agents = useAgents().data;
  const agent = agents?.find(({ id }) => id === turn.speaker)?.name ?? turn.speaker;
  return (
    <span className="block text-muted text-sm">
      <time dateTime={turn.said_at}>{dayOf(turn.said_at)}</time>,{" "}
      <span className="font-medium text-ink">{turn.role === "user" ? t`You` : agent}</span>
    </span>
  );
}
