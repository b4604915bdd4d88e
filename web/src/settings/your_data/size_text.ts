// The size of a file as people read it.
import type { I18n } from "@lingui/core";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** "3.4 MB": decimal units, as file managers show them. */
export function sizeText(i18n: I18n, bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const unit = UNITS[power] ?? "byte";
  const maximumFractionDigits = power > 1 ? 1 : 0;
  return i18n.number(bytes / 1000 ** power, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits });
}
