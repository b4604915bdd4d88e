/** Loads earlier messages when the reader comes near the beginning, and keeps what they read in place. */
import { type RefCallback, type RefObject, useCallback, useLayoutEffect, useRef } from "react";

interface OlderMessages {
  scrollRef: RefObject<HTMLElement | null>;
  firstKey: string | undefined;
  hasOlder: boolean;
  isLoadingOlder: boolean;
  onOlder: () => Promise<void>;
}

/** How far above the view loading begins. */
const AHEAD = "800px 0px 0px 0px";

/** Return a ref for the element that stands before the first message. */
export function useOlderMessages({
  scrollRef,
  firstKey,
  hasOlder,
  isLoadingOlder,
  onOlder,
}: OlderMessages): RefCallback<HTMLElement> {
  const load = useRef<() => void>(() => undefined);
  load.current = () => {
    if (hasOlder && !isLoadingOlder) void onOlder();
  };
  usePlaceKept(scrollRef, firstKey);
  return useCallback(
    (element: HTMLElement | null) => {
      if (element === null || typeof IntersectionObserver === "undefined") return undefined;
      const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && load.current(), {
        root: scrollRef.current,
        rootMargin: AHEAD,
      });
      observer.observe(element);
      return () => observer.disconnect();
    },
    [scrollRef],
  );
}

/** When messages appear above, move by their height; browsers that anchor by themselves have nothing left to move. */
function usePlaceKept(scrollRef: RefObject<HTMLElement | null>, firstKey: string | undefined) {
  const before = useRef({ firstKey, fromEnd: 0 });
  useLayoutEffect(() => {
    const box = scrollRef.current;
    if (box === null) return undefined;
    const wasPrepended = before.current.firstKey !== undefined && before.current.firstKey !== firstKey;
    if (wasPrepended) box.scrollTop = box.scrollHeight - before.current.fromEnd;
    const remember = () => {
      before.current = { firstKey, fromEnd: box.scrollHeight - box.scrollTop };
    };
    remember();
    box.addEventListener("scroll", remember, { passive: true });
    return () => box.removeEventListener("scroll", remember);
  }, [scrollRef, firstKey]);
}
