// The menu of a conversation or a folder in the list, and the windows that it leads to.
import { useRef, useState } from "react";
import type { Managed } from "@/threads/managing";
import { FolderMenu } from "./FolderMenu";
import { KeepDialog } from "./KeepDialog";
import { MoveDialog } from "./MoveDialog";
import { RemoveFolderDialog } from "./RemoveFolderDialog";
import { ThreadMenu } from "./ThreadMenu";

type Step = "menu" | "move" | "keep" | "remove";

type ManageMenuProps = {
  managed: Managed;
  /** The conversation that is open on this page. */
  currentId: string | undefined;
  onRename: (id: string) => void;
  onClose: () => void;
};

/** What has the focus once the thing that had it is gone: the next line of the list, else the one before. */
function neighbourOf(anchor: HTMLElement): HTMLElement | undefined {
  const lines = [...(anchor.closest("[data-threads]")?.querySelectorAll<HTMLElement>("[data-thread-id]") ?? [])];
  const here = lines.findIndex((line) => line.parentElement === anchor.parentElement);
  return lines[here + 1] ?? lines[here - 1];
}

export default function ManageMenu({ managed, currentId, onRename, onClose }: ManageMenuProps) {
  const { thing, anchor } = managed;
  const [step, setStep] = useState<Step>("menu");
  const triggerRef = useRef(anchor);
  triggerRef.current = anchor;
  const beside = { triggerRef, onOpenChange: (isOpen: boolean) => isOpen || onClose() };
  const next = { rename: onRename, step: setStep, close: onClose };
  /** Give the focus on when `work` took away the line that had it. */
  const leaving = async (work: () => Promise<boolean>) => {
    const neighbour = neighbourOf(anchor);
    onClose();
    if (await work()) requestAnimationFrame(() => document.activeElement === document.body && neighbour?.focus());
  };
  if (thing.kind === "folder") {
    if (step === "remove") return <RemoveFolderDialog folder={thing.folder} onClose={onClose} />;
    return <FolderMenu folder={thing.folder} beside={beside} next={next} />;
  }
  const { thread } = thing;
  if (step === "move") return <MoveDialog thread={thread} onClose={onClose} />;
  if (step === "keep") return <KeepDialog thread={thread} onClose={onClose} />;
  return <ThreadMenu thread={thread} isOpen={thread.id === currentId} beside={beside} next={next} leaving={leaving} />;
}

export type Next = { rename: (id: string) => void; step: (step: Step) => void; close: () => void };
