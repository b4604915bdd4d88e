// That somebody writes here is told to their other pages and devices, and theirs is heard here; nothing of it is kept.
import { useEffect, useState } from "react";
import { sayNow } from "./connection";
import { newId } from "./ids";
import { useLive } from "./live/store";

const SAID_AGAIN_AFTER_MS = 3_000;
const TRUE_FOR_MS = 6_000;

let saidAt = 0;

/** Say that the person is writing in a thread, or something new; nobody is told who is not there. */
export function sayTyping(thread: string | undefined): void {
  if (useLive.getState().connected < 2 || Date.now() - saidAt < SAID_AGAIN_AFTER_MS) return;
  saidAt = Date.now();
  sayNow({ cmd: "typing", cid: newId(), thread: thread ?? null });
}

/** Whether the person is writing in the same thread on another page or device. */
export function useTypingElsewhere(thread: string | undefined): boolean {
  const heard = useLive((store) => store.typingElsewhere);
  const [isTyping, setTyping] = useState(false);
  useEffect(() => {
    const left = heard?.thread === (thread ?? null) ? heard.at + TRUE_FOR_MS - Date.now() : 0;
    setTyping(left > 0);
    if (left <= 0) return undefined;
    const timer = setTimeout(() => setTyping(false), left);
    return () => clearTimeout(timer);
  }, [heard, thread]);
  return isTyping;
}
