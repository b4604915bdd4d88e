// The message that an address names is looked for in ever earlier pages, then shown.
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import type { ShownMessage, ThreadView } from "@/wire";
import FoundMessage from "./FoundMessage";

const selectBranch = vi.hoisted(() => vi.fn());
vi.mock("@/wire", async (original) => ({ ...(await original<object>()), selectBranch }));

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

beforeEach(() => void selectBranch.mockReset());

test("it is brought into view and has the focus", async () => {
  vi.stubGlobal("CSS", { escape: (text: string) => text });
  const scroll = vi.fn();
  Element.prototype.scrollIntoView = scroll;
  renderPart(
    <>
      <article data-message-id="m1">Hello</article>
      <FoundMessage place={{ hash: "m1" }} view={view(["m1", "m2"])} />
    </>,
  );

  await waitFor(() => expect(screen.getByText("Hello")).toHaveFocus(), { timeout: 4_000 });
  expect(scroll).toHaveBeenCalled();
  expect(screen.getByText("Hello")).toHaveAttribute("data-found");
  expect(await screen.findByText("Message found")).toBeInTheDocument();
});

test("earlier messages are loaded while it is not there, one page at a time", () => {
  const waiting = view(["m5"], { hasOlder: true });
  renderPart(<FoundMessage place={{ hash: "m1" }} view={waiting} />);
  expect(waiting.loadOlder).toHaveBeenCalledTimes(1);
  expect(screen.getByText("Going back to the message…")).toBeInTheDocument();

  const busy = view(["m5"], { hasOlder: true, isLoadingOlder: true });
  renderPart(<FoundMessage place={{ hash: "m1" }} view={busy} />);
  expect(busy.loadOlder).not.toHaveBeenCalled();
});

test("one of another branch is looked for there", async () => {
  selectBranch.mockResolvedValue(undefined);
  renderPart(<FoundMessage place={{ hash: "m1" }} view={view(["m5"])} />);

  await waitFor(() => expect(selectBranch.mock.calls).toEqual([["m1"]]));
  expect(screen.getByRole("status")).toHaveTextContent("");
});

test("nothing is asked for while the conversation is still loading", () => {
  renderPart(<FoundMessage place={{ hash: "m1" }} view={view([], { status: "loading" })} />);

  expect(selectBranch).not.toHaveBeenCalled();
});

test("one that is nowhere is said to be gone", async () => {
  selectBranch.mockRejectedValue(new Error("unknown_message"));
  renderPart(<FoundMessage place={{ hash: "m1" }} view={view(["m5"])} />);

  expect(await screen.findByText("The message is not in this conversation any more.")).toBeInTheDocument();
});

test("whoever writes meanwhile is taken nowhere", async () => {
  vi.stubGlobal("CSS", { escape: (text: string) => text });
  const scroll = vi.fn();
  Element.prototype.scrollIntoView = scroll;
  const place = { hash: "m1" };
  const shown = (there: ThreadView) => (
    <I18nProvider i18n={i18n}>
      <textarea aria-label="Message" />
      <article data-message-id="m1">Hello</article>
      <FoundMessage place={place} view={there} />
    </I18nProvider>
  );
  const { rerender } = render(shown(view(["m5"], { hasOlder: true, isLoadingOlder: true })));

  await userEvent.type(screen.getByRole("textbox", { name: "Message" }), "Wait");
  const waiting = view(["m5"], { hasOlder: true });
  rerender(shown(waiting));
  rerender(shown(view(["m1", "m5"])));
  await new Promise((resolve) => setTimeout(resolve, 400));

  expect(waiting.loadOlder).not.toHaveBeenCalled();
  expect(scroll).not.toHaveBeenCalled();
  expect(screen.getByRole("textbox", { name: "Message" })).toHaveFocus();
});
