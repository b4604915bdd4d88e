/** Which folders of the list are open, remembered on this device. */
import { useState } from "react";

const REMEMBERED = "emergence.open_folders";

export function useOpenFolders(): [ids: readonly string[], toggle: (id: string) => void] {
  const [ids, setIds] = useState<readonly string[]>(() => localStorage.getItem(REMEMBERED)?.split(" ") ?? []);
  const toggle = (id: string) => {
    const next = ids.includes(id) ? ids.filter((open) => open !== id) : [...ids, id];
    localStorage.setItem(REMEMBERED, next.join(" "));
    setIds(next);
  };
  return [ids, toggle];
}
