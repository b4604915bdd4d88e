// What the browser calls the tab, and its history the page, so that one of several can be told from the others.
import { useEffect } from "react";

/** Nothing of a temporary conversation may stay in the history: it has no `title`. */
export function useTabTitle(title: string): void {
  useEffect(() => {
    document.title = title === "" ? "Emergence" : `${title} · Emergence`;
  }, [title]);
}
