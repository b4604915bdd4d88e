// For tests: an address line that can be read and left, since jsdom goes nowhere.
import { vi } from "vitest";

/** Stand on a page of ours; returns where the page is left for. */
export function scriptedPage(path: string): string[] {
  const left: string[] = [];
  history.replaceState(null, "", path);
  const { origin, pathname, search, hash } = window.location;
  vi.stubGlobal("location", { origin, pathname, search, hash, assign: (address: string) => left.push(address) });
  return left;
}
