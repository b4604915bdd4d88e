// Whether the search is open: by Ctrl+K (Cmd+K) or a press, and never over a page that is locked.
import { useEffect, useRef, useState } from "react";
import { useLogin } from "@/wire/login";

export function useSearch(onOpen: () => void) {
  const isLocked = useLogin(({ status }) => status === "locked");
  const [isOpen, setOpen] = useState(false);
  const open = () => {
    onOpen();
    setOpen(true);
  };
  const latest = useRef(open);
  latest.current = open;
  useEffect(() => {
    if (isLocked) return setOpen(false); // what was found is not for whoever stands there now
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      latest.current();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [isLocked]);
  return { isOpen: isOpen && !isLocked, open, close: () => setOpen(false) };
}
