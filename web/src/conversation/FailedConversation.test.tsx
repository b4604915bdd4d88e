/** A conversation that cannot be opened says why, and offers what can help. */
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { createMemoryHistory, createRootRoute, createRouter, RouterContextProvider } from "@tanstack/react-router";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { FailedConversation } from "./FailedConversation";

function show(code: string) {
  const history = createMemoryHistory({ initialEntries: ["/t/0198"] });
  const router = createRouter({ routeTree: createRootRoute(), history });
  const onRetry = vi.fn();
  render(
    <I18nProvider i18n={i18n}>
      <RouterContextProvider router={router}>
        <FailedConversation problem={{ code, detail: "The server's own words." }} onRetry={onRetry} />
      </RouterContextProvider>
    </I18nProvider>,
  );
  return { onRetry, history };
}

test.each(["unknown_thread", "not_found", "invalid_request"])(
  "one that is not there (%s) leads to a new one",
  async (code) => {
    const { history } = show(code);
    expect(screen.getByRole("alert")).toHaveTextContent("This conversation does not exist, or it is not yours.");
    expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();

    await userEvent.click(screen.getByRole("button", { name: "New conversation" }));

    await waitFor(() => expect(history.location.pathname).toBe("/"));
  },
);

test("one that could not be read now can be tried again", async () => {
  const { onRetry } = show("unavailable");
  expect(screen.getByRole("alert")).toHaveTextContent("This part is not available right now.");

  await userEvent.click(screen.getByRole("button", { name: "Try again" }));

  expect(onRetry).toHaveBeenCalledTimes(1);
});
