// The secret behind the `#` of a mailed link: read once, then gone from the address bar and from history.
import { useEffect, useState } from "react";
import type { Refusal } from "@/wire";

/** What is told of a link that brought nothing, as the server tells it of one that is used up. */
export const LINK_IS_OVER: Refusal = { code: "link_invalid", detail: "" };

/** What the link brought; it stays known to this screen only. */
export function useFragment(): string {
  const [fragment] = useState(() => decodeURIComponent(location.hash.slice(1)));
  useEffect(() => {
    if (location.hash !== "") history.replaceState(history.state, "", location.pathname);
  }, []);
  return fragment;
}
