// What this device remembers of being signed in: only whether, so that nobody's session is asked for in vain.
const REMEMBERED = "emergence.signed-in";

/** The cookie that decides is hidden from scripts; "unknown" where nobody has signed in or out since this is kept. */
export function loginHint(): "yes" | "no" | "unknown" {
  const remembered = localStorage.getItem(REMEMBERED);
  return remembered === "yes" || remembered === "no" ? remembered : "unknown";
}

export const rememberLogin = (isSignedIn: boolean): void => localStorage.setItem(REMEMBERED, isSignedIn ? "yes" : "no");
