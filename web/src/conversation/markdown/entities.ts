/** Turns character references such as `&amp;` into the characters they name. */

const REFERENCE = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});/gi;

export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(REFERENCE, decodeReference);
}

function decodeReference(reference: string): string {
  // The browser knows all 2,231 names; what it is given holds no markup, only one reference.
  const parsed = new DOMParser().parseFromString(reference, "text/html");
  return parsed.documentElement.textContent || reference;
}
