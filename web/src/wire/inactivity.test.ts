// What the page knows of the clock of inactivity, frame by frame, and what it says of the person before it.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { noteInactivity, stayHere, stopWatchingDeeds, useInactivity, watchDeeds } from "./inactivity";
import type { Frame } from "./types";

const AT = "2026-11-22T10:00:00Z";
const IN_TWO_MINUTES = "2026-11-22T10:02:00Z";
const sent: object[] = [];
let isOnline = true;

const say = (type: string, data: object, seq = 5) =>
  noteInactivity({ type, id: "f", at: AT, topic: "user:u1", seq, data } as unknown as Frame);
const welcome = (more: object = {}) =>
  say("welcome", {
    session: "live-1",
    user: "u1",
    positions: [{ topic: "user:u1", seq: 4 }],
    inactivity_s: 1_800,
    ...more,
  });
const left = () => {
  const { endsAt } = useInactivity.getState();
  return endsAt === undefined ? undefined : endsAt - Date.now();
};

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2027-01-01T00:00:00Z") }); // a device whose clock is far off
  sent.length = 0;
  isOnline = true;
  watchDeeds((command) => isOnline && sent.push(command) > 0);
  welcome();
});
afterEach(() => {
  stopWatchingDeeds();
  vi.useRealTimers();
});

test("a warning counts from the server's clock, whatever the device's says", () => {
  say("session.warning", { session: "live-1", expires_at: IN_TWO_MINUTES });
  expect(left()).toBe(120_000);

  say("session.extended", { session: "live-1" });
  expect(left()).toBeUndefined();
});

test("what concerns another device, or is older than the welcome, changes nothing", () => {
  say("session.warning", { session: "live-2", expires_at: IN_TWO_MINUTES });
  say("session.warning", { session: "live-1", expires_at: IN_TWO_MINUTES }, 4);
  expect(left()).toBeUndefined();
});

test("whoever comes back between warning and end is asked again", () => {
  welcome({ expires_at: IN_TWO_MINUTES });
  expect(left()).toBe(120_000);
});

test("the end is remembered until the next welcome", () => {
  say("session.expired", { session: "live-1" });
  expect(useInactivity.getState()).toEqual({ endsAt: undefined, wasEnded: true });

  welcome();
  expect(useInactivity.getState().wasEnded).toBe(false);
});

test("what somebody does is said once a minute, and not while they are asked", () => {
  vi.advanceTimersByTime(61_000);
  for (let press = 0; press < 9; press++) dispatchEvent(new Event("keydown"));
  expect(sent).toMatchObject([{ cmd: "session.extend" }]);

  vi.advanceTimersByTime(61_000);
  say("session.warning", { session: "live-1", expires_at: IN_TWO_MINUTES });
  dispatchEvent(new Event("pointerdown"));
  expect(sent).toHaveLength(1);
});

test("without a limit nothing is said", () => {
  welcome({ inactivity_s: null });
  vi.advanceTimersByTime(3_600_000);
  dispatchEvent(new Event("keydown"));
  expect(sent).toEqual([]);
});

test("an answer given without a connection is sent when there is one", () => {
  isOnline = false;
  stayHere();
  expect(sent).toEqual([]);
  isOnline = true;
  welcome({ expires_at: IN_TWO_MINUTES });
  expect(sent).toMatchObject([{ cmd: "session.extend" }]);
});
