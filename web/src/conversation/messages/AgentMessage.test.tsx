/** An answer shows the state it is in, in plain words, with what can be done. */
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { createMemoryHistory, createRootRoute, createRouter, RouterContextProvider } from "@tanstack/react-router";
import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import type { RunProblem, ShownMessage, ShownRun } from "@/wire";
import { AgentMessage } from "./AgentMessage";
import type { Replying } from "./replying";

const router = createRouter({ routeTree: createRootRoute(), history: createMemoryHistory() });

afterEach(() => vi.useRealTimers());

function show(
  status: ShownMessage["status"],
  text: string,
  run: Partial<ShownRun> = {},
  place: { isBehind?: boolean; isLast?: boolean } = {},
) {
  const replying = {
    agents: [
      { id: "neo", name: "Neo", description: { en: "", fr: "" }, starters: {} },
      { id: "nexus", name: "Nexus", description: { en: "", fr: "" }, starters: {} },
    ],
    agentName: () => "Neo",
    retry: vi.fn(),
    edit: vi.fn(),
    withdraw: vi.fn(),
    select: vi.fn(),
    goOn: vi.fn(),
    sendAgain: vi.fn(),
    discard: vi.fn(),
  } satisfies Replying;
  const message: ShownMessage = {
    id: "m1",
    key: "m1",
    thread: "t1",
    role: "agent",
    agent: "neo",
    status,
    parts: text === "" ? [] : [{ kind: "text", text }],
    created_at: "2026-11-22T10:00:00Z",
    reply_to: "q1",
    parent: null,
    siblings: [],
    superseded: false,
    run: null,
    delivery: "stored",
  };
  const shownRun: ShownRun = {
    id: "r1",
    thread: "t1",
    message: "m1",
    agent: "neo",
    state: "ended",
    outcome: "done",
    finish_reason: "done",
    provider: "anthropic",
    model: "model-1",
    demonstration: false,
    usage: null,
    problem: null,
    recalled: [],
    since: Date.now(),
    ...run,
  };
  render(
    <I18nProvider i18n={i18n}>
      <RouterContextProvider router={router}>
        <AgentMessage
          message={message}
          run={shownRun}
          replying={replying}
          isLast={place.isLast ?? true}
          isBehind={place.isBehind ?? false}
        />
      </RouterContextProvider>
    </I18nProvider>,
  );
  return replying;
}

const problem = (code: string, message = "The server's own words."): RunProblem => ({
  code,
  message,
  retryable: true,
  hint: null,
});

test("before the first token it thinks, and counts the seconds from the third on", () => {
  vi.useFakeTimers();
  show("streaming", "");
  expect(screen.getByRole("status")).toHaveTextContent(/^Thinking$/);

  act(() => void vi.advanceTimersByTime(4_000));

  expect(screen.getByRole("status")).toHaveTextContent("Thinking4 s");
});

test("behind another answer it waits its turn", () => {
  show("queued", "", {}, { isBehind: true });

  expect(screen.getByRole("status")).toHaveTextContent("Waiting its turn");
});

test.each([
  ["quotes", ">".repeat(3_001)],
  ["emphasis that never closes", "*a ".repeat(33_000)],
  ["nested emphasis", `${"**a ".repeat(5_000)}${"**".repeat(5_000)}`],
  ["a table without end", `| a | b |\n|---|---|\n${"| 1 | 2 |\n".repeat(10_000)}`],
])("an answer of nothing but %s can be read, and the page stands", (_name, text) => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);

  show("complete", text);

  expect(screen.getByRole("article")).toHaveAttribute("data-raw-length", String(text.length));
  expect(screen.getByRole("article").textContent?.length).toBeGreaterThan(text.length / 2);
  expect(screen.getByRole("button", { name: "Copy answer" })).toBeInTheDocument();
  warn.mockRestore();
});

test("a stopped answer keeps its text and can go on or be retried", async () => {
  const replying = show("stopped", "It begins at");
  expect(screen.getByText("It begins at")).toBeInTheDocument();
  expect(screen.getByText(/You stopped this answer\. Its text so far is kept\./)).toBeInTheDocument();

  await userEvent.click(screen.getByRole("button", { name: "Continue" }));
  await userEvent.click(screen.getByRole("button", { name: "Retry" }));

  expect(replying.goOn).toHaveBeenCalledExactlyOnceWith("neo");
  expect(replying.retry).toHaveBeenCalledExactlyOnceWith("m1");
});

test("an answer that reached the longest length is no error, and can go on", async () => {
  const replying = show("complete", "And so on, and", { finish_reason: "max_tokens" });
  expect(screen.getByRole("note")).toHaveTextContent(
    /^The answer reached the longest length that the model may give\.\s*Continue$/,
  );
  expect(screen.queryByRole("alert")).toBeNull();

  await userEvent.click(screen.getByRole("button", { name: "Continue" }));

  expect(replying.goOn).toHaveBeenCalledExactlyOnceWith("neo");
  expect(screen.queryByRole("button", { name: "Retry" })).toBeNull();
  expect(screen.getByRole("button", { name: "Ask again" })).toBeInTheDocument();
});

test("a model that declines is said to, without blame, and another agent can be asked", async () => {
  vi.stubGlobal("CSS", { escape: (text: string) => text });
  const replying = show("complete", "", { finish_reason: "refusal" });
  expect(screen.getByRole("note")).toHaveTextContent("The model declined to answer this.");
  expect(screen.queryByRole("button", { name: "Continue" })).toBeNull();

  await userEvent.click(screen.getByRole("button", { name: "Retry" }));
  await userEvent.click(screen.getByRole("button", { name: "Switch agent" }));
  await userEvent.click(screen.getByRole("menuitem", { name: "Nexus" }));

  expect(replying.retry.mock.calls).toEqual([["m1"], ["m1", "nexus"]]);
});

test("a whole answer has no notice", () => {
  show("complete", "All of it.");

  expect(screen.queryByRole("note")).toBeNull();
});

test.each(["stopped", "interrupted", "error"] as const)("an answer that is %s offers to ask again once", (status) => {
  show(status, "half");

  expect(screen.getAllByRole("button", { name: /Retry|Ask again/ })).toHaveLength(1);
  expect(screen.getByRole("button", { name: "Switch agent" })).toBeInTheDocument();
});

test("an earlier answer that broke off can still be asked for again", () => {
  show("stopped", "half", {}, { isLast: false });

  expect(screen.queryByRole("button", { name: "Retry" })).toBeNull();
  expect(screen.getByRole("button", { name: "Ask again" })).toBeInTheDocument();
});

test("what the provider said is shown beside our words", () => {
  show("error", "", { problem: { ...problem("model_refused_request"), hint: "temperature: too high" } });

  expect(screen.getByRole("alert")).toHaveTextContent(
    "The provider does not accept this request. Check the model’s settings. The provider says: “temperature: too high”",
  );
});

test("an error says its cause, what was kept, and offers another agent", async () => {
  vi.stubGlobal("CSS", { escape: (text: string) => text });
  const replying = show("error", "half", { problem: problem("model_quota_exhausted") });
  expect(screen.getByRole("alert")).toHaveTextContent(
    "The account at the provider has no credit left. What had been written is kept.",
  );

  await userEvent.click(screen.getByRole("button", { name: "Switch agent" }));
  await userEvent.click(screen.getByRole("menuitem", { name: "Nexus" }));

  expect(replying.retry).toHaveBeenCalledExactlyOnceWith("m1", "nexus");
});

test("an error without a text of ours is told in the server's words", () => {
  show("error", "", { problem: problem("something_new") });

  expect(screen.getByRole("alert")).toHaveTextContent("The server's own words.");
  expect(screen.getByRole("alert")).not.toHaveTextContent("kept");
});

test("the demonstration model is named, with the way to a better one", () => {
  show("complete", "The sea is big.", { demonstration: true });

  expect(screen.getByText(/Small demonstration model/)).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Use a better model" })).toHaveAttribute("href", "/settings/models");
});

test("an unknown cost is called unknown", async () => {
  show("complete", "Text.", {
    usage: { input_tokens: 12, output_tokens: 3, cached_input_tokens: 0, estimated: false, cost_usd: null },
  });

  await userEvent.click(screen.getByRole("button", { name: "Details of this answer" }));

  expect(screen.getByText("Cost").nextSibling).toHaveTextContent("unknown");
});

test("what is copied is the Markdown as it was written, and its length is in code points", async () => {
  const user = userEvent.setup();
  show("complete", "**é** 👩‍👩‍👧");

  await user.click(screen.getByRole("button", { name: "Copy answer" }));

  expect(await navigator.clipboard.readText()).toBe("**é** 👩‍👩‍👧");
  expect(screen.getByRole("article")).toHaveAttribute("data-raw-length", "11");
});
