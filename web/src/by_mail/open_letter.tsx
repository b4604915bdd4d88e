// For tests: a screen that letters lead to, at an address of its own, with the server's side scripted.
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from "@tanstack/react-router";
import type { ReactNode } from "react";
import { renderPart } from "@/render_for_test";
import { useLogin } from "@/wire/login";
import { type Asked, scriptedAccount } from "@/wire/scripted_account";

const SETUP = {
  "/api/auth/setup": [
    { body: { claimed: true, claim: "code", password_min_length: 8, has_refresh_token: false, mail: true } },
  ],
};

/** Nobody opens `Screen` with `hash` behind its address. */
export function openLetter(Screen: () => ReactNode, replies: Parameters<typeof scriptedAccount>[0], hash = "") {
  const asked = scriptedAccount({ ...SETUP, ...replies });
  useLogin.setState({ status: "signed-out", me: undefined });
  history.replaceState(null, "", `/page${hash}`);
  const root = createRootRoute({ component: Outlet });
  const paths = ["/", "/sign-in", "/forgotten-password", "/register"].map((path) =>
    createRoute({ getParentRoute: () => root, path, component: () => <p>{path}</p> }),
  );
  const page = createRoute({ getParentRoute: () => root, path: "/page", component: Screen });
  const router = createRouter({
    routeTree: root.addChildren([...paths, page]),
    history: createMemoryHistory({ initialEntries: ["/page"] }),
  });
  const user = renderPart(<RouterProvider router={router as never} />);
  return { asked, user };
}

export const bodyOfLast = (asked: Asked[], path: string) => asked.filter((each) => each.path === path).at(-1)?.body;
