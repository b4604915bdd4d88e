// Taking somebody's data for them: nothing is asked of the server before there is a reason.
import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import type { AdministeredPerson } from "@/wire";
import { problem, scriptedAccount } from "@/wire/scripted_account";
import { PersonExport } from "./PersonExport";

const EXPORT = "/api/auth/admin/users/u2/export";
const EVE = { user_id: "u2", display_name: "Eve" } as AdministeredPerson;
const WAITING = {
  state: "waiting",
  requested_at: "2026-11-27T10:00:00Z",
  collecting: null,
  parts_done: 0,
  parts: 3,
  rows: 0,
  size_bytes: 0,
  expires_at: null,
};

afterEach(() => void vi.unstubAllGlobals());

test("an export begins with a reason, which is sent as it was meant", async () => {
  const asked = scriptedAccount({
    [`GET ${EXPORT}`]: [{ body: { export: null } }, { body: { export: WAITING } }],
    [`POST ${EXPORT}`]: [{ status: 202, body: WAITING }],
  });
  const user = renderPart(<PersonExport person={EVE} />);

  await user.click(await screen.findByRole("button", { name: "Make an export" }));
  const begin = await screen.findByRole("button", { name: "Begin" });
  expect(screen.getByRole("dialog", { name: "Export the data of Eve" })).toHaveTextContent(/They are told/);
  expect(begin).toBeDisabled();
  await user.type(screen.getByLabelText("Reason"), "   ");
  expect(begin).toBeDisabled();
  await user.type(screen.getByLabelText("Reason"), "ticket 4711 ");
  await user.click(begin);

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked.filter(({ body }) => body && "reason" in body)).toEqual([
    { path: EXPORT, search: "", body: { reason: "ticket 4711" } },
  ]);
  expect(await screen.findByText("0 of 3 parts, 0 rows so far. You may leave this page.")).toBeVisible();
});

test("why it is refused is told in the question, and leaving it asks for nothing", async () => {
  const asked = scriptedAccount({
    [`GET ${EXPORT}`]: [{ body: { export: null } }],
    [`POST ${EXPORT}`]: [problem(409, "cannot_export")],
  });
  const user = renderPart(<PersonExport person={EVE} />);

  await user.click(await screen.findByRole("button", { name: "Make an export" }));
  await user.type(await screen.findByLabelText("Reason"), "x");
  await user.click(screen.getByRole("button", { name: "Begin" }));

  expect(await screen.findByText("Active administrators take their data themselves.")).toBeVisible();
  const before = asked.length;
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked).toHaveLength(before);
});
