// The secret behind the `#` of a mailed link: read once, then gone from the address bar and from history.
import { useEffect, useState } from "react";
import type { Refusal } from "@/wire";

/** What is told of a link that brought nothing, as the server tells it of one that is used up. */
export const LINK_IS_OVER: Refusal = { code: "link_invalid", detail: "" };

/** Whether it is the link that was refused: too old, used, or so damaged that it is none. Where nothing else was sent. */
export const isLinkOver = ({ code }: Refusal): boolean => code === LINK_IS_OVER.code || code === "invalid_request";

/** A link that was damaged on the way has brought nothing. */
function textOf(hash: string): string {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return "";
  }
}

/**
 * What the link brought; it stays known to this screen only.
 *
 * Another link may come into a screen that stands, pasted or pressed in a letter: what belongs to the one before is
 * best keyed by this text.
 */
export function useFragment(): string {
  const [fragment, setFragment] = useState(() => textOf(location.hash));
  useEffect(() => {
    const take = () => {
      if (location.hash === "") return; // nothing came: this is the address as it was left below
      setFragment(textOf(location.hash));
      history.replaceState(history.state, "", location.pathname);
    };
    take();
    addEventListener("hashchange", take);
    return () => removeEventListener("hashchange", take);
  }, []);
  return fragment;
}
