/** Loads earlier messages when the reader comes near the beginning, and keeps what they read in place. */
import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";

interface OlderMessages {
  /** The box that scrolls, and the element in it that stands before the first message. */
  scrollRef: RefObject<HTMLElement | null>;
  startRef: RefObject<HTMLElement | null>;
  firstKey: string | undefined;
  hasOlder: boolean;
  isLoadingOlder: boolean;
  onOlder: () => Promise<void>;
}

/** How far above the view loading begins. */
const AHEAD = "800px 0px 0px 0px";

export function useOlderMessages(older: OlderMessages): void {
  const { scrollRef, startRef, firstKey, onOlder } = older;
  const canLoad = older.hasOlder && !older.isLoadingOlder;
  const load = useRef(onOlder);
  load.current = onOlder;
  const triedFor = useRef<string>(undefined);
  usePlaceKept(scrollRef, firstKey);
  useEffect(() => {
    const start = startRef.current;
    if (!canLoad || start === null || typeof IntersectionObserver === "undefined") return undefined;
    // After a page the start may still be near, which only a new observer tells; after a failure the reader comes back to it.
    let hasFailed = triedFor.current === firstKey;
    const observer = new IntersectionObserver(
      (changes) => {
        const isNear = changes.at(-1)?.isIntersecting && !(hasFailed && changes.length === 1);
        hasFailed = false;
        if (!isNear) return;
        triedFor.current = firstKey;
        void load.current();
      },
      { root: scrollRef.current, rootMargin: AHEAD },
    );
    observer.observe(start);
    return () => observer.disconnect();
  }, [scrollRef, startRef, canLoad, firstKey]);
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
