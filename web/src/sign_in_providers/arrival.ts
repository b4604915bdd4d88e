// What the address says to somebody who comes back from a provider: read when it comes, then taken out of it.
import { useEffect, useState } from "react";

export type Arrival = { error?: string; handover?: string; linked?: string };

export function useArrival(): Arrival {
  const [arrival, setArrival] = useState(() => arrivalOf(location.hash));
  useEffect(() => {
    const take = () => {
      const told = arrivalOf(location.hash);
      if (Object.keys(told).length === 0) return;
      setArrival(told);
      history.replaceState(history.state, "", location.pathname + location.search);
    };
    take();
    addEventListener("hashchange", take);
    return () => removeEventListener("hashchange", take);
  }, []);
  return arrival;
}

function arrivalOf(hash: string): Arrival {
  const told = new URLSearchParams(hash.slice(1));
  const [error, handover, linked] = ["oidc_error", "oidc_handover", "oidc_linked"].map((name) => told.get(name));
  return { ...(error && { error }), ...(handover && { handover }), ...(linked && { linked }) };
}
