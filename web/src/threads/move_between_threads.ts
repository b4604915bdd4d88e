/** Arrow keys, Home and End move the focus through the list of conversations. */
import type { KeyboardEvent } from "react";

export function moveBetweenThreads(event: KeyboardEvent<HTMLElement>): void {
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-thread-id]")];
  const here = links.indexOf(document.activeElement as HTMLElement);
  const next = destination(event.key, here, links.length);
  if (here < 0 || next === null) return;
  event.preventDefault();
  links[next]?.focus();
}

function destination(key: string, here: number, count: number): number | null {
  switch (key) {
    case "ArrowDown":
      return Math.min(here + 1, count - 1);
    case "ArrowUp":
      return Math.max(here - 1, 0);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
