// Lengths as the protocol counts them: Unicode code points, not the UTF-16 units of JavaScript strings.

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;

/** Number of code points in `text`; a family emoji joined by ZWJ counts each of its members and joiners. */
export function countCodePoints(text: string): number {
  let pairs = 0;
  for (let index = 1; index < text.length; index++) {
    if (isLowSurrogate(text.charCodeAt(index)) && isHighSurrogate(text.charCodeAt(index - 1))) pairs++;
  }
  return text.length - pairs;
}
