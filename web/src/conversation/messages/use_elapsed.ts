/** Seconds since a moment, counted while something is waited for. */
import { useEffect, useState } from "react";

/** Return whole seconds since `since` (milliseconds of this device's clock), or since the first call. */
export function useElapsed(since?: number): number {
  const [start] = useState(() => since ?? Date.now());
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.floor((now - (since ?? start)) / 1000));
}
