/** The time zone of this device: “yesterday” is asked of its days. */
const NAME = /^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+)*$/;

/** Its IANA name; null where the browser tells none, or an offset alone. */
export function timeZone(): string | null {
  const name: string | undefined = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return name !== undefined && NAME.test(name) && name.length <= 64 ? name : null;
}
