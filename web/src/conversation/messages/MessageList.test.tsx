/** While an answer grows, the rest of the conversation is left alone. */
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { render, screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import type { ShownMessage } from "@/wire";
import { MessageList } from "./MessageList";
import type { Replying } from "./replying";

/** jsdom lays nothing out, so nothing ever changes its size. */
class NoLayout {
  observe() {}
  unobserve() {}
  disconnect() {}
}

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  vi.stubGlobal("ResizeObserver", NoLayout);
});

const message = (id: string, more: Partial<ShownMessage>): ShownMessage => ({
  id,
  key: id,
  thread: "t",
  role: "user",
  agent: null,
  status: "complete",
  parts: [{ kind: "text", text: `text of ${id}` }],
  created_at: "2026-11-22T10:00:00Z",
  reply_to: null,
  parent: null,
  siblings: [],
  superseded: false,
  run: null,
  delivery: "stored",
  ...more,
});

const settled = [
  message("q1", {}),
  message("a1", { role: "agent", agent: "second", reply_to: "q1" }),
  message("q2", {}),
];
const growing = (text: string) =>
  message("a2", {
    role: "agent",
    agent: "third",
    reply_to: "q2",
    status: "streaming",
    parts: [{ kind: "text", text }],
  });

/** Every drawing of an answer asks for its agent's name. */
const agentName = vi.fn((id: string) => id);
const replying: Replying = {
  agents: [],
  agentName,
  retry: vi.fn(),
  edit: vi.fn(),
  withdraw: vi.fn(),
  select: vi.fn(),
  goOn: vi.fn(),
  sendAgain: vi.fn(),
  discard: vi.fn(),
};

const page = (text: string) => (
  <I18nProvider i18n={i18n}>
    <MessageList
      messages={[...settled, growing(text)]}
      runs={{}}
      replying={replying}
      hasOlder={false}
      isLoadingOlder={false}
      onOlder={async () => undefined}
    />
  </I18nProvider>
);

test("a delta draws the growing answer and no other", () => {
  const { rerender } = render(page("One"));
  agentName.mockClear();

  rerender(page("One two"));

  expect(screen.getByText("One two")).toBeInTheDocument();
  expect(new Set(agentName.mock.calls.map(([id]) => id))).toEqual(new Set(["third"]));
});
