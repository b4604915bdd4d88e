// Shows the message that the address names: earlier messages are loaded until it is there, or else its branch is shown;
// then it is brought into view.
import { useLingui } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import { selectBranch, type ThreadView } from "@/wire";
import { isLooking } from "@/wire/impersonation";
import "./found.css";

const SHOWN_MS = 2_600;
const SETTLES_MS = 120; // the list may still move to its end, or lay out what comes into view
const TRIES = 12;

type FoundMessageProps = { place: { hash: string }; view: ThreadView };

const elementOf = (id: string) => document.querySelector<HTMLElement>(`[data-message-id="${CSS.escape(id)}"]`);

function isInView(element: HTMLElement): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  const box = element.closest(".message-scroll")?.getBoundingClientRect();
  return (
    box !== undefined && top < box.bottom - 40 && bottom > box.top + 40 && (top >= box.top - 1 || bottom <= box.bottom)
  );
}

export default function FoundMessage({ place, view }: FoundMessageProps) {
  const { t } = useLingui();
  const [isDone, setDone] = useState(false);
  const id = place.hash;
  const isThere = view.messages.some((message) => message.id === id);
  const loadOlder = useRef(view.loadOlder);
  loadOlder.current = view.loadOlder;
  const { hasOlder, isLoadingOlder } = view;
  const isElsewhere = view.status === "ready" && !isThere && !hasOlder;
  const [refused, setRefused] = useState<string>();
  const isMissing = isElsewhere && (refused === id || isLooking());

  useEffect(() => {
    if (!isThere && hasOlder && !isLoadingOlder) void loadOlder.current();
  }, [isThere, hasOlder, isLoadingOlder]);

  useEffect(() => {
    if (isElsewhere && !isLooking()) void selectBranch(id).catch(() => setRefused(id));
  }, [isElsewhere, id]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another `place` asks for the same message again
  useEffect(() => {
    if (!isThere) return;
    setDone(false);
    let tries = 0;
    let shown: HTMLElement | null = null;
    const bring = () => {
      tries += 1;
      shown = elementOf(id);
      if (shown === null) return;
      if (tries > 2 && (isInView(shown) || tries > TRIES)) return arrive(shown);
      shown.scrollIntoView({ block: "start" });
      timer = setTimeout(bring, SETTLES_MS);
    };
    const arrive = (element: HTMLElement) => {
      element.tabIndex = -1;
      element.focus({ preventScroll: true });
      element.dataset.found = "";
      setDone(true);
      timer = setTimeout(() => delete element.dataset.found, SHOWN_MS);
    };
    let timer = setTimeout(bring, 0);
    return () => {
      clearTimeout(timer);
      delete shown?.dataset.found;
    };
  }, [isThere, place, id]);

  return (
    <div role="status" className="sr-only">
      {isMissing ? t`The message is not in this conversation any more.` : isDone ? t`Message found` : ""}
    </div>
  );
}
