/** Decides which addresses in a reply may be opened. */

const OPENABLE = new Set(["http:", "https:", "mailto:"]);

/** Return the absolute address, or null for anything a browser could run or resolve against us. */
export function openableAddress(address: string): string | null {
  try {
    const url = new URL(address);
    return OPENABLE.has(url.protocol) ? url.href : null;
  } catch {
    return null; // relative or malformed: there is nothing of that name here
  }
}

/** Where an address leads, short enough to stand beside its text. */
export function hostOf(address: string): string {
  const url = new URL(address);
  return url.host || url.pathname;
}
