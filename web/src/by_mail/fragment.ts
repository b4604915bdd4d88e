// The secret behind the `#` of a mailed link: read once, then gone from the address bar and from history.
import { useEffect, useState } from "react";

/** What the link brought; it stays known to this screen only. */
export function useFragment(): string {
  const [fragment] = useState(() => decodeURIComponent(location.hash.slice(1)));
  useEffect(() => {
    if (location.hash !== "") history.replaceState(history.state, "", location.pathname);
  }, []);
  return fragment;
}
