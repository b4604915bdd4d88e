// For tests: a part of the page that has links, at an address, with the few addresses that it leads to.
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { Notices } from "@/design";
import { renderPart } from "./render_for_test";

/** Draw `part` around every address; returns somebody who types and presses, and where the page is. */
export function renderInRouter(part: ReactNode, address = "/") {
  vi.stubGlobal("scrollTo", vi.fn());
  const root = createRootRoute({
    component: () => (
      <>
        {part}
        <Notices closeLabel="Close notice" />
      </>
    ),
  });
  const of = (path: string) => createRoute({ getParentRoute: () => root, path, component: () => null });
  const history = createMemoryHistory({ initialEntries: [address] });
  const router = createRouter({ routeTree: root.addChildren([of("/"), of("/t/$threadId"), of("/memory")]), history });
  const person = renderPart(<RouterProvider router={router as never} />);
  return { person, history };
}
