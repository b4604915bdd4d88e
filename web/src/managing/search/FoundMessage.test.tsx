// The message that an address names is looked for in ever earlier pages, then shown.
import { screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import type { ShownMessage, ThreadView } from "@/wire";
import FoundMessage from "./FoundMessage";

const message = (id: string) => ({ id, key: id }) as ShownMessage;
const view = (ids: string[], more: Partial<ThreadView> = {}): ThreadView => ({
  status: "ready",
  thread: undefined,
  messages: ids.map(message),
  runs: {},
  problem: undefined,
  hasOlder: false,
  isLoadingOlder: false,
  loadOlder: vi.fn(async () => undefined),
  reload: vi.fn(),
  ...more,
});

test("it is brought into view, out of a fold, and has the focus", async () => {
  vi.stubGlobal("CSS", { escape: (text: string) => text });
  const scroll = vi.fn();
  Element.prototype.scrollIntoView = scroll;
  renderPart(
    <>
      <details>
        <article data-message-id="m1">Hello</article>
      </details>
      <FoundMessage place={{ hash: "m1" }} view={view(["m1", "m2"])} />
    </>,
  );

  await waitFor(() => expect(screen.getByText("Hello")).toHaveFocus(), { timeout: 4_000 });
  expect(screen.getByRole("group")).toHaveAttribute("open");
  expect(scroll).toHaveBeenCalled();
  expect(screen.getByText("Hello")).toHaveAttribute("data-found");
  expect(await screen.findByText("Message found")).toBeInTheDocument();
});

test("earlier messages are loaded while it is not there, one page at a time", () => {
  const waiting = view(["m5"], { hasOlder: true });
  renderPart(<FoundMessage place={{ hash: "m1" }} view={waiting} />);
  expect(waiting.loadOlder).toHaveBeenCalledTimes(1);

  const busy = view(["m5"], { hasOlder: true, isLoadingOlder: true });
  renderPart(<FoundMessage place={{ hash: "m1" }} view={busy} />);
  expect(busy.loadOlder).not.toHaveBeenCalled();
});

test("one that is nowhere is said to be gone", () => {
  renderPart(<FoundMessage place={{ hash: "m1" }} view={view(["m5"])} />);

  expect(screen.getByRole("status")).toHaveTextContent("The message is not in this conversation any more.");
});
