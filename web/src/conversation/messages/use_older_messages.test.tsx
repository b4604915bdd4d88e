/** Earlier messages come as long as the reader is near the beginning, whatever comes in between. */
import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { useOlderMessages } from "./use_older_messages";

/** The start stays in sight: each new observer says so once, and nothing changes afterwards. */
class StartInSight {
  readonly #tell: (entries: { isIntersecting: boolean }[]) => void;
  static last: StartInSight | undefined;

  constructor(tell: (entries: { isIntersecting: boolean }[]) => void) {
    this.#tell = tell;
    StartInSight.last = this;
  }
  observe() {
    this.say(true);
  }
  say(...changes: boolean[]) {
    this.#tell(changes.map((isIntersecting) => ({ isIntersecting })));
  }
  disconnect() {}
}

const onOlder = vi.fn(async () => undefined);
const scrollRef = { current: document.createElement("section") };
const startRef = { current: document.createElement("div") };

beforeEach(() => {
  vi.stubGlobal("IntersectionObserver", StartInSight);
  onOlder.mockClear();
});

const follow = () =>
  renderHook(
    (now: { firstKey: string; isLoadingOlder: boolean }) =>
      useOlderMessages({ scrollRef, startRef, hasOlder: true, onOlder, ...now }),
    { initialProps: { firstKey: "m9", isLoadingOlder: false } },
  );

test("a page that is shown before its loading counts as over is followed by the next", () => {
  const { rerender } = follow();
  rerender({ firstKey: "m9", isLoadingOlder: true });
  rerender({ firstKey: "m5", isLoadingOlder: true });
  expect(onOlder).toHaveBeenCalledOnce();

  rerender({ firstKey: "m5", isLoadingOlder: false });

  expect(onOlder).toHaveBeenCalledTimes(2);
});

test("a page that failed is asked for when the reader comes back, not again and again", () => {
  const { rerender } = follow();
  rerender({ firstKey: "m9", isLoadingOlder: true });
  rerender({ firstKey: "m9", isLoadingOlder: false });
  expect(onOlder).toHaveBeenCalledOnce();

  act(() => StartInSight.last?.say(false));
  act(() => StartInSight.last?.say(true));

  expect(onOlder).toHaveBeenCalledTimes(2);
});

test("what changed twice between two frames counts as it is now", () => {
  const { rerender } = follow();
  act(() => StartInSight.last?.say(true, false));
  expect(onOlder).toHaveBeenCalledOnce(); // for the first observer's own word
  rerender({ firstKey: "m9", isLoadingOlder: true });
  rerender({ firstKey: "m9", isLoadingOlder: false });

  act(() => StartInSight.last?.say(false, true));

  expect(onOlder).toHaveBeenCalledTimes(2);
});
