// How long ago something was, as people say it.

const MINUTE_S = 60;
const STEPS: readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", MINUTE_S],
];

/** "3 hours ago" in `language`; undefined within the last minute, and for clocks that run ahead. */
export function timeAgo(moment: Date, now: Date, language: string): string | undefined {
  const seconds = (now.getTime() - moment.getTime()) / 1000;
  const step = STEPS.find(([, length]) => seconds >= length);
  if (step === undefined) return undefined;
  const [unit, length] = step;
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-Math.floor(seconds / length), unit);
}
