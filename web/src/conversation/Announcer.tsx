/** Reads answers out to screen readers by sentence, with pauses, without showing anything. */
import { useLingui } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import { nextAnnouncement } from "./announce";

/** Time between two announcements; shorter ones cut each other off. */
const PAUSE_MS = 2_500;

interface AnnouncerProps {
  agentName: string;
  /** The answer that is growing, or the one that just ended. */
  message: { id: string; text: string; finished: boolean } | null;
}

export function Announcer({ agentName, message }: AnnouncerProps) {
  const { t, i18n } = useLingui();
  const [said, setSaid] = useState("");
  const latest = useRef(message);
  latest.current = message;
  const id = message?.id;
  useEffect(() => {
    // An answer that was already there when the page opened is read by the user, not announced.
    if (id === undefined || latest.current?.finished) return undefined;
    let upto = 0;
    const speak = () => {
      const current = latest.current;
      if (current === null || current.id !== id) return;
      const next = nextAnnouncement(current.text, upto, current.finished, i18n.locale);
      const isEnd = current.finished && next.upto >= current.text.length;
      upto = next.upto;
      const words = isEnd ? `${next.text} ${t`End of the answer.`}` : next.text;
      if (words.trim() !== "") setSaid(words);
      if (isEnd) clearInterval(timer);
    };
    const timer = setInterval(speak, PAUSE_MS);
    setSaid(t`${agentName} is answering.`);
    return () => clearInterval(timer);
  }, [id, agentName, i18n, t]);
  return (
    <div aria-live="polite" className="sr-only">
      {said}
    </div>
  );
}
