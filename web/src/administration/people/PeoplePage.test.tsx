// The list of people: what is told of each, finding, paging, and what stands there while there is nothing to show.
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import type { AdministeredUser } from "@/wire";
import { countOf, GRANT, problem, scriptedAccount } from "@/wire/scripted_account";
import { PeoplePage } from "./PeoplePage";

const LIST = "/api/auth/admin/users";
const person = (state: Partial<AdministeredUser>): AdministeredUser => ({
  user_id: "u2",
  display_name: "Eve",
  email: "eve@example.org",
  role: "member",
  status: "active",
  created_at: "2026-11-20T10:00:00Z",
  has_second_factor: false,
  sessions: 2,
  last_seen_at: new Date(Date.now() - 3 * 3600_000).toISOString(),
  ...state,
});
const listed = (users: AdministeredUser[], next: string | null = null) => ({ body: { users, next } });

afterEach(() => void vi.unstubAllGlobals());

function shown(replies: Parameters<typeof scriptedAccount>[0]) {
  const asked = scriptedAccount(replies);
  const router = createRouter({
    routeTree: createRootRoute({ component: PeoplePage }),
    history: createMemoryHistory({ initialEntries: ["/"] }),
  });
  return { asked, user: renderPart(<RouterProvider router={router as never} />) };
}

test("each person is told with what stands out", async () => {
  shown({
    [LIST]: [
      listed([
        person({ user_id: "u1", display_name: "Ada", role: "admin" }),
        person({ status: "suspended", has_second_factor: true, sessions: 0 }),
        person({ user_id: "u3", display_name: "Bob", email: null, role: "guest", last_seen_at: null, sessions: 0 }),
      ]),
    ],
  });

  const [ada, eve, bob] = await screen.findAllByRole("listitem");

  expect(ada).toHaveTextContent(/Ada.*You.*Administrator.*No second factor.*Last seen 3 hours ago · 2 sessions/);
  expect(eve).toHaveTextContent(/Eve.*Suspended.*Two-step sign-in.*eve@example.org.*signed in nowhere/);
  expect(bob).toHaveTextContent(/Bob.*Guest.*Never signed in/);
});

test("more are fetched when they are wanted", async () => {
  const { asked, user } = shown({
    [LIST]: [listed([person({})], "u2"), listed([person({ user_id: "u3", display_name: "Bob" })])],
  });

  await user.click(await screen.findByRole("button", { name: "Show more" }));

  expect(await screen.findByText("Bob")).toBeVisible();
  expect(screen.getByText("Eve")).toBeVisible();
  expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
  expect(countOf(asked, LIST)).toBe(2);
});

test("people are looked for once the typing pauses, and what was found before stays until then", async () => {
  const { asked, user } = shown({ [LIST]: [listed([person({})]), listed([])] });
  await screen.findByText("Eve");

  await user.type(screen.getByRole("searchbox"), "nobody");

  expect(screen.getByText("Eve")).toBeVisible();
  expect(await screen.findByText("Nobody has such a name or address.")).toBeVisible();
  expect(countOf(asked, LIST)).toBe(2);
});

test("nobody found, and a server that is away, are told", async () => {
  const { user } = shown({ [LIST]: [problem(403, "forbidden"), listed([])] });

  expect(await screen.findByRole("alert")).toHaveTextContent("You are not allowed to do this.");
  await user.click(screen.getByRole("button", { name: "Try again" }));

  expect(await screen.findByText("Nobody has such a name or address.")).toBeVisible();
});

const NEEDS_TWO = { status: 401, body: { code: "insufficient_user_authentication", detail: "", acr_values: "2" } };
const factor = (enabled: boolean) => [
  { body: { enabled, confirmed_at: null, recovery_codes_left: 0, methods: enabled ? ["totp"] : [] } },
];

test("where two factors are asked for, whoever has one only is told to set up another", async () => {
  const { asked } = shown({ [LIST]: [NEEDS_TWO], "/api/auth/2fa/status": factor(false) });

  expect(await screen.findByRole("link", { name: "Open the security settings" })).toHaveAttribute(
    "href",
    "/settings/security",
  );
  expect(countOf(asked, "/api/auth/step-up")).toBe(0);
});

test("whoever has set it up gives a code and sees the list", async () => {
  const { user } = shown({
    [LIST]: [NEEDS_TWO, listed([person({})])],
    "/api/auth/2fa/status": factor(true),
    "/api/auth/step-up": [{ body: GRANT }],
  });

  await user.click(await screen.findByRole("button", { name: "Confirm that it is you" }));
  await user.type(await screen.findByLabelText("Six-digit code"), "123456");

  await waitFor(() => expect(screen.getByText("Eve")).toBeVisible());
});
