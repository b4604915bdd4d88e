/** Writes an amount of money so that small amounts keep their meaning. */

/** Return `cost` (US dollars, a decimal as text) for reading, or null when it is unknown. */
export function costText(cost: string | null, locale: string): string | null {
  if (cost === null) return null;
  const amount = Number(cost);
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency: "USD",
    // A reply often costs less than a cent: two significant digits below that, cents above.
    ...(amount > 0 && amount < 0.01
      ? { maximumSignificantDigits: 2 }
      : { minimumFractionDigits: 2, maximumFractionDigits: 4 }),
  });
  return format.format(amount);
}
