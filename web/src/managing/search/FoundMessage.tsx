// Shows the message that the address names: earlier messages are loaded until it is there, or else its branch is shown;
// then it is brought into view, unless the person has begun to write meanwhile.
import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import { Spinner } from "@/design";
import { selectBranch, type ThreadView } from "@/wire";
import { isLooking } from "@/wire/impersonation";
import "./found.css";

const SHOWN_MS = 2_600;
const SETTLES_MS = 120; // the list may still move to its end, or lay out what comes into view
const TRIES = 12;
const AT_ONCE = 200; // the most that the server gives: it may be thousands back

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
  const hasLeft = useHasWritten(place);
  const isMissing = isElsewhere && (refused === id || isLooking());

  useEffect(() => {
    if (!isThere && hasOlder && !isLoadingOlder && !hasLeft) void loadOlder.current(AT_ONCE);
  }, [isThere, hasOlder, isLoadingOlder, hasLeft]);

  useEffect(() => {
    if (isElsewhere && !hasLeft && !isLooking()) void selectBranch(id).catch(() => setRefused(id));
  }, [isElsewhere, hasLeft, id]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another `place` asks for the same message again
  useEffect(() => {
    if (!isThere || hasLeft) return;
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
  }, [isThere, hasLeft, place, id]);

  if (!isThere && hasOlder && !hasLeft) {
    return (
      <p role="status" className={SEEKING}>
        <Spinner />
        <Trans>Going back to the message…</Trans>
      </p>
    );
  }
  return (
    <div role="status" className="sr-only">
      {isMissing ? t`The message is not in this conversation any more.` : isDone ? t`Message found` : ""}
    </div>
  );
}

const SEEKING =
  "pointer-events-none fixed inset-x-0 top-16 z-10 mx-auto flex w-fit animate-appear items-center gap-2 rounded-full border border-line bg-raised px-3 py-1 text-muted text-sm shadow-low";

/** Whether something was written since `place` was asked for: then the page must not go anywhere by itself. */
function useHasWritten(place: { hash: string }): boolean {
  const [written, setWritten] = useState<{ hash: string }>();
  useEffect(() => {
    const note = () => setWritten(place);
    document.addEventListener("input", note);
    return () => document.removeEventListener("input", note);
  }, [place]);
  return written === place;
}
