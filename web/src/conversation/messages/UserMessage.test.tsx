/** An own message is edited in its place, and what else was said there is one press away. */
import { screen, waitFor } from "@testing-library/react";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import type { ShownMessage } from "@/wire";
import type { Replying } from "./replying";
import { UserMessage } from "./UserMessage";

const replying = {
  agents: [],
  agentName: (id: string) => id,
  retry: vi.fn(),
  edit: vi.fn(),
  withdraw: vi.fn(),
  select: vi.fn(),
  goOn: vi.fn(),
  sendAgain: vi.fn(),
  discard: vi.fn(),
} satisfies Replying;
const message = (more: Partial<ShownMessage> = {}): ShownMessage => ({
  id: "q2",
  key: "q2",
  thread: "t",
  role: "user",
  agent: null,
  status: "complete",
  parts: [{ kind: "text", text: "Capital of Frnace?" }],
  created_at: "2026-11-22T10:00:00Z",
  reply_to: null,
  parent: "a1",
  siblings: [],
  superseded: false,
  run: null,
  delivery: "stored",
  ...more,
});

beforeEach(() => {
  vi.clearAllMocks();
  vi.stubGlobal("indexedDB", new IDBFactory());
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  vi.stubGlobal("CSS", { supports: () => true });
});

test("what is changed is sent in place of the message", async () => {
  const user = renderPart(<UserMessage message={message()} replying={replying} />);

  await user.click(screen.getByRole("button", { name: "Edit message" }));
  const field = await screen.findByRole("textbox", { name: "Edit message" });
  expect(field).toHaveValue("Capital of Frnace?");
  await user.clear(field);
  expect(screen.getByRole("button", { name: "Send" })).toBeDisabled();
  await user.type(field, "Capital of France?{Enter}");

  expect(replying.edit.mock.calls).toEqual([["q2", "Capital of France?"]]);
  expect(screen.queryByRole("textbox")).toBeNull();
});

test("Escape leaves the message as it was, and the keyboard where it was", async () => {
  const user = renderPart(<UserMessage message={message()} replying={replying} />);
  await user.click(screen.getByRole("button", { name: "Edit message" }));
  await user.type(await screen.findByRole("textbox"), " and more{Escape}");

  expect(screen.getByText("Capital of Frnace?")).toBeInTheDocument();
  await waitFor(() => expect(screen.getByRole("button", { name: "Edit message" })).toHaveFocus());
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("textbox")).toHaveValue("Capital of Frnace?");
  expect(replying.edit).not.toHaveBeenCalled();
});

test("a message with one version has no switch", () => {
  renderPart(<UserMessage message={message()} replying={replying} />);

  expect(screen.queryByRole("group", { name: "Versions" })).toBeNull();
});

test("another version is chosen by its place, and the keyboard goes over to it", async () => {
  const siblings = ["q1", "q2", "q3"];
  const user = renderPart(<UserMessage message={message({ siblings })} replying={replying} />);
  expect(await screen.findByRole("group", { name: "Versions" })).toHaveTextContent("2 of 3");

  await user.click(screen.getByRole("button", { name: "Next version" }));
  expect(replying.select.mock.calls).toEqual([["q3"]]);
  renderPart(<UserMessage message={message({ id: "q3", key: "q3", siblings })} replying={replying} />);

  await waitFor(() => expect(screen.getAllByRole("button", { name: "Next version" })[1]).toBeDisabled());
  expect(screen.getAllByRole("button", { name: "Former version" })[1]).toHaveFocus();
});

test("what is not stored yet can be neither edited nor exchanged", () => {
  renderPart(<UserMessage message={message({ delivery: "pending" })} replying={replying} />);

  expect(screen.queryByRole("button", { name: "Edit message" })).toBeNull();
});

test("only what waits for its answer can be taken back", async () => {
  const user = renderPart(<UserMessage message={message()} replying={replying} isWaiting />);

  await user.click(screen.getByRole("button", { name: "Take back" }));

  expect(replying.withdraw.mock.calls).toEqual([["q2"]]);
});

test("what is answered already cannot be taken back", () => {
  renderPart(<UserMessage message={message()} replying={replying} />);

  expect(screen.queryByRole("button", { name: "Take back" })).toBeNull();
});
