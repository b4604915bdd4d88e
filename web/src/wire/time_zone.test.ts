// What is told of the device's zone is a name that the server takes, or nothing.
import { afterEach, expect, test, vi } from "vitest";
import { timeZone } from "./time_zone";

afterEach(() => vi.restoreAllMocks());

const tells = (name: string | undefined) =>
  vi
    .spyOn(Intl.DateTimeFormat.prototype, "resolvedOptions")
    .mockReturnValue({ timeZone: name } as Intl.ResolvedDateTimeFormatOptions);

test.each(["Europe/Paris", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "UTC"])("%s is told", (name) => {
  tells(name);

  expect(timeZone()).toBe(name);
});

test.each([undefined, "", "+02:00", "../etc", "a".repeat(65)])("%s is not", (name) => {
  tells(name);

  expect(timeZone()).toBeNull();
});
