// Reads from what a browser calls itself which one it is and on what it runs; says nothing that is not there.

/** `browser` and `system` are proper names; undefined where the text does not tell. */
export type Device = { browser: string | undefined; system: string | undefined };

/** The first that fits counts: nearly every browser also claims to be Chrome, Safari and Mozilla. */
const BROWSERS: readonly [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\bOPR\/|\bOPT\/|\bOPiOS\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bVivaldi\//, "Vivaldi"],
  [/\bFxiOS\/|\bFirefox\//, "Firefox"],
  [/\bCriOS\/|\b(?:Headless)?Chrome\//, "Chrome"],
  [/\bVersion\/[\d.]+.*\bSafari\//, "Safari"],
];
const SYSTEMS: readonly [RegExp, string][] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows NT\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];
const PROGRAM = /^([\w.+-]{1,40})\/[\w.]/; // such as curl/8.14

const named = (names: readonly [RegExp, string][], text: string) => names.find(([sign]) => sign.test(text))?.[1];

export function deviceOf(agent: string | null): Device {
  const text = agent ?? "";
  const program = PROGRAM.exec(text)?.[1];
  const browser = named(BROWSERS, text) ?? (program === "Mozilla" ? undefined : program);
  return { browser, system: named(SYSTEMS, text) };
}
