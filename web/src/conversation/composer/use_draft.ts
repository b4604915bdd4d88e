/** The draft of one place (a thread, or the new one) as state that outlives the page. */
import { useCallback, useEffect, useRef, useState } from "react";
import { type Draft, keepDraft, readDraft } from "./drafts";

const SAVE_AFTER_MS = 250;
const EMPTY: Draft = { text: "", agent: null };

export interface DraftState {
  draft: Draft;
  /** Change it; kept within a quarter of a second, and at once when the page is hidden or closed. */
  change(next: Partial<Draft>): void;
  /** Forget it, after sending. */
  clear(): void;
}

export function useDraft(user: string, place: string): DraftState {
  const [draft, setDraft] = useState(EMPTY);
  const latest = useRef(EMPTY);
  const touched = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const save = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    // A browser without storage (a private window of some) still has a working page.
    keepDraft(user, place, latest.current).catch((problem: unknown) => console.warn("draft not kept", problem));
  }, [user, place]);

  const set = useCallback((next: Draft) => {
    touched.current = true;
    latest.current = next;
    setDraft(next);
  }, []);

  const change = useCallback(
    (next: Partial<Draft>) => {
      set({ ...latest.current, ...next });
      timer.current ??= setTimeout(save, SAVE_AFTER_MS);
    },
    [set, save],
  );

  const clear = useCallback(() => {
    set(EMPTY);
    save();
  }, [set, save]);

  useEffect(() => {
    let wanted = true;
    readDraft(user, place).then(
      (kept) => {
        // What was typed while the database opened is newer.
        if (!wanted || kept === null || touched.current) return;
        latest.current = kept;
        setDraft(kept);
      },
      (problem: unknown) => console.warn("drafts cannot be read", problem),
    );
    return () => {
      wanted = false;
    };
  }, [user, place]);

  useEffect(() => {
    const flush = () => {
      if (timer.current !== undefined) save();
    };
    document.addEventListener("visibilitychange", flush);
    window.addEventListener("pagehide", flush);
    return () => {
      document.removeEventListener("visibilitychange", flush);
      window.removeEventListener("pagehide", flush);
      flush();
    };
  }, [save]);

  return { draft, change, clear };
}
