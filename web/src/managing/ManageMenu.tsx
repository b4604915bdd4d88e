// The menu of a conversation or a folder in the list, and the windows that it leads to.
import { useRef, useState } from "react";
import type { Managed } from "@/threads/managing";
import { FolderMenu } from "./FolderMenu";
import { KeepDialog } from "./KeepDialog";
import { MoveDialog } from "./MoveDialog";
import { RemoveFolderDialog } from "./RemoveFolderDialog";
import { ThreadMenu } from "./ThreadMenu";

const SETTLES_MS = 60; // menus and windows give the focus back themselves, where they can

type Step = "menu" | "move" | "keep" | "remove";

type ManageMenuProps = {
  managed: Managed;
  /** The conversation that is open on this page. */
  currentId: string | undefined;
  onRename: (id: string) => void;
  onClose: () => void;
};

/** What gives the focus back, once whatever was open has closed: to the line, or where it left, to the next one. */
function focusKeeper(anchor: HTMLElement): () => void {
  const lines = [...(anchor.closest("[data-threads]")?.querySelectorAll<HTMLElement>("[data-thread-id]") ?? [])];
  const here = lines.findIndex((line) => line.parentElement === anchor.parentElement);
  const candidates = [lines[here], lines[here + 1], lines[here - 1]];
  const give = () => {
    if (document.activeElement === document.body) candidates.find((line) => line?.isConnected)?.focus();
  };
  return () => setTimeout(give, SETTLES_MS);
}

export default function ManageMenu({ managed, currentId, onRename, onClose }: ManageMenuProps) {
  const { thing, anchor } = managed;
  const [step, setStep] = useState<Step>("menu");
  const triggerRef = useRef(anchor);
  triggerRef.current = anchor;
  const beside = { triggerRef, onOpenChange: (isOpen: boolean) => isOpen || onClose() };
  const next = { rename: onRename, step: setStep, close: onClose };
  /** The line may be elsewhere after `work`, or gone. */
  const leaving = async (work: () => Promise<boolean>) => {
    const giveFocus = focusKeeper(anchor);
    onClose();
    await work();
    giveFocus();
  };
  const end = () => {
    const giveFocus = focusKeeper(anchor);
    onClose();
    giveFocus();
  };
  if (thing.kind === "folder") {
    if (step === "remove") return <RemoveFolderDialog folder={thing.folder} onClose={end} />;
    return <FolderMenu folder={thing.folder} beside={beside} next={next} />;
  }
  const { thread } = thing;
  if (step === "move") return <MoveDialog thread={thread} onClose={end} />;
  if (step === "keep") return <KeepDialog thread={thread} onClose={end} />;
  return <ThreadMenu thread={thread} isOpen={thread.id === currentId} beside={beside} next={next} leaving={leaving} />;
}

export type Next = { rename: (id: string) => void; step: (step: Step) => void; close: () => void };
