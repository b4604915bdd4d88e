// What an answer that was no success says of itself.
import { afterEach, expect, test, vi } from "vitest";
import { problemFrom } from "./problems";

afterEach(() => void vi.useRealTimers());

const refused = (retryAfter?: string) => {
  const headers = {
    "content-type": "application/problem+json",
    ...(retryAfter !== undefined && { "retry-after": retryAfter }),
  };
  return problemFrom(
    new Response(JSON.stringify({ code: "too_many_attempts", detail: "Wait." }), { status: 429, headers }),
  );
};

test.each([
  ["0", 0],
  ["30", 30],
  ["Sun, 22 Nov 2026 10:00:30 GMT", 30],
  ["Sun, 22 Nov 2026 09:00:00 GMT", 0],
  ["soon", undefined],
  ["-5", undefined],
  [undefined, undefined],
])("Retry-After %j means %j seconds", async (told, seconds) => {
  vi.useFakeTimers({ now: new Date("2026-11-22T10:00:00Z") });

  expect(await refused(told)).toMatchObject({ code: "too_many_attempts", status: 429, retryAfterS: seconds });
});

test("what is no problem document still says when to come back", async () => {
  const answer = new Response("<html>", { status: 503, headers: { "retry-after": "7" } });

  expect(await problemFrom(answer)).toMatchObject({ code: "unexpected_answer", status: 503, retryAfterS: 7 });
});
