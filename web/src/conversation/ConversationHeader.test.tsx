/** The line above a conversation says how the connection is doing, when that deserves a word. */

import { createMemoryHistory, createRootRoute, createRouter, RouterContextProvider } from "@tanstack/react-router";
import { act, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { useLive } from "@/wire/live/store";
import type { ConnectionView } from "@/wire/types";
import { ConversationHeader } from "./ConversationHeader";

const NOW = new Date("2026-11-22T10:00:00Z").getTime();

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => void vi.useRealTimers());

function show(connection: ConnectionView) {
  useLive.setState({ connection });
  const router = createRouter({ routeTree: createRootRoute(), history: createMemoryHistory() });
  renderPart(
    <RouterContextProvider router={router as never}>
      <ConversationHeader title="Harbours" agentName="Neo" />
    </RouterContextProvider>,
  );
}

test("a connection that has to wait says so at once, and until when", () => {
  show({ state: "waiting", since: NOW, until: NOW + 12_000 });
  expect(screen.getByRole("status")).toHaveTextContent("Too many reloads: connects in 0:12");
  const spoken = screen.getByText(/^This page was opened too often/).textContent;

  act(() => vi.advanceTimersByTime(5_000));

  expect(screen.getByRole("status")).toHaveTextContent("connects in 0:07");
  expect(screen.getByText(/^This page was opened too often/).textContent).toBe(spoken); // a moment, so that it is read out once
});

test("a blip is not worth a word, a longer break is", () => {
  show({ state: "connecting", since: NOW });
  expect(screen.queryByRole("status")).toBeNull();

  act(() => vi.advanceTimersByTime(4_000));

  expect(screen.getByRole("status")).toHaveTextContent("Reconnecting…");
});

test("a connection that stands says nothing", () => {
  show({ state: "online", since: NOW - 60_000 });

  expect(screen.queryByRole("status")).toBeNull();
});
