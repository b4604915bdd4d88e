/** Tells of answers that end in other conversations than the one on screen, and opens them at a press. */
import { useLingui } from "@lingui/react/macro";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { notify } from "@/design";
import { useAgents } from "@/wire";
import { onRunEnded } from "@/wire/run_ends";

export function useFinishedElsewhere(): void {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { threadId } = useParams({ strict: false });
  const agents = useAgents().data;
  const tell = useRef<Parameters<typeof onRunEnded>[0]>(() => undefined);
  tell.current = ({ thread, agent, outcome }, title) => {
    if (thread === threadId || document.visibilityState !== "visible") return;
    if (outcome === "stopped" || outcome === null) return; // somebody did that knowingly
    const name = agents?.find(({ id }) => id === agent)?.name ?? agent;
    notify({
      title: outcome === "done" ? t`${name} has answered` : t`${name} could not finish the answer`,
      ...(title !== undefined && { detail: title }),
      ...(outcome !== "done" && { tone: "danger" as const }),
      action: { label: t`Open`, act: () => void navigate({ to: "/t/$threadId", params: { threadId: thread } }) },
    });
  };
  useEffect(() => onRunEnded((run, title) => tell.current(run, title)), []);
}
