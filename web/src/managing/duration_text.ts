// A length of time as people say it.

const UNITS = [
  ["day", 24],
  ["hour", 1],
  ["minute", 1 / 60],
] as const;

/** "1 day", "36 hours", "30 minutes" in `language`: the largest unit of which there is a whole number, else minutes. */
export function durationText(language: string, hours: number): string {
  const [unit, length] = UNITS.find(([, each]) => hours >= each && Number.isInteger(hours / each)) ?? UNITS[2];
  const count = Math.max(1, Math.round(hours / length));
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(count);
}
