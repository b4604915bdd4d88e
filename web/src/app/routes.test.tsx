// Addresses as the router itself reads them.
import { createMemoryHistory, createRouter, RouterProvider } from "@tanstack/react-router";
import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { useLogin } from "@/wire/login";
import { scriptedAccount } from "@/wire/scripted_account";
import { router } from "./routes";

const SETUP = {
  "/api/auth/setup": [
    { body: { claimed: true, claim: "code", password_min_length: 8, has_refresh_token: false, mail: true } },
  ],
};
const ME = { user_id: "u1", role: "admin" as const, email: null, display_name: "Ada" };

afterEach(() => vi.unstubAllGlobals());

/** The page at `address`, for nobody. */
async function open(address: string) {
  scriptedAccount(SETUP);
  useLogin.setState({ status: "signed-out", me: undefined });
  vi.stubGlobal("CSS", { supports: () => true, escape: (text: string) => text });
  vi.stubGlobal("scrollTo", vi.fn());
  vi.stubGlobal("matchMedia", () => ({ matches: true, addEventListener: vi.fn(), removeEventListener: vi.fn() }));
  const history = createMemoryHistory({ initialEntries: [address] });
  renderPart(<RouterProvider router={createRouter({ ...router.options, history }) as never} />);
  await screen.findByLabelText("Password", {}, { timeout: 10_000 });
  return history;
}

test.each([
  ["//evil.example/x"],
  ["/\\evil.example/x"],
  ["https://evil.example/x"],
  ["javascript:alert(1)"],
  ["settings"],
  ["7"],
])("signing in at ?next=%s leads to the conversations", async (next) => {
  const history = await open(`/sign-in?next=${encodeURIComponent(next)}`);

  useLogin.setState({ status: "signed-in", me: ME });

  await waitFor(() => expect(history.location.href).toBe("/"));
});

test("signing in leads on to a path of ours", async () => {
  const history = await open("/sign-in?next=%2Fsettings%2Fappearance");

  useLogin.setState({ status: "signed-in", me: ME });

  await waitFor(() => expect(history.location.href).toBe("/settings/appearance"));
});

test("the audit log is searched only for what there is", () => {
  const history = createMemoryHistory({ initialEntries: ["/admin/audit?kind=factor&person=me&since=yesterday"] });
  const { latestLocation, matchRoutes } = createRouter({ ...router.options, history });

  const search = matchRoutes(latestLocation).at(-1)?.search;

  expect(search).toEqual({ kind: "factor" });
});
