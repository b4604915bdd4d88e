// Whether the first run is still open on this device, so that a reload comes back to it.
const OPEN = "emergence.first-run";

export const isFirstRunOpen = (): boolean => localStorage.getItem(OPEN) !== null;
export const openFirstRun = (): void => localStorage.setItem(OPEN, "models");
export const closeFirstRun = (): void => localStorage.removeItem(OPEN);
