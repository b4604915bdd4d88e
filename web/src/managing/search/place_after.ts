// Which of the things found is chosen after a key.

const A_PAGE = 5;

/** Undefined for keys that choose nothing. */
export function placeAfter(key: string, place: number, count: number): number | undefined {
  if (count === 0) return undefined;
  switch (key) {
    case "ArrowDown":
      return (place + 1) % count;
    case "ArrowUp":
      return (place - 1 + count) % count;
    case "PageDown":
      return Math.min(place + A_PAGE, count - 1);
    case "PageUp":
      return Math.max(place - A_PAGE, 0);
    default:
      return undefined;
  }
}
