// What the address says to somebody who comes back from a provider: read when the screen opens, then taken out of it.
import { useEffect, useState } from "react";

export type Arrival = { error?: string; handover?: string; linked?: string };

export function useArrival(): Arrival {
  const [arrival] = useState(() => arrivalOf(location.hash));
  useEffect(() => {
    const isArrival = Object.keys(arrivalOf(location.hash)).length > 0;
    if (isArrival) history.replaceState(history.state, "", location.pathname + location.search);
  }, []);
  return arrival;
}

function arrivalOf(hash: string): Arrival {
  const told = new URLSearchParams(hash.slice(1));
  const [error, handover, linked] = ["oidc_error", "oidc_handover", "oidc_linked"].map((name) => told.get(name));
  return { ...(error && { error }), ...(handover && { handover }), ...(linked && { linked }) };
}
