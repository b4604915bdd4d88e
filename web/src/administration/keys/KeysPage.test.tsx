// The keys in each of their states, replaced in time or at once, and everybody signed out: nothing before it is confirmed.
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import type { AdministeredKey } from "@/wire";
import { countOf, problem, scriptedAccount } from "@/wire/scripted_account";
import { KeysPage } from "./KeysPage";

const KEYS = "/api/auth/admin/keys";
const ROTATE = "/api/auth/admin/keys/rotate";
const REVOKE = "/api/auth/admin/sessions/revoke";
const key = (kid: string, state: AdministeredKey["state"], times: Partial<AdministeredKey> = {}): AdministeredKey => ({
  kid,
  alg: "EdDSA",
  state,
  created_at: "2026-11-20T10:00:00Z",
  signs_from: "2026-11-20T10:15:00Z",
  retired_at: null,
  purged_at: null,
  ...times,
});
const RETIRED = key("old", "retired", { retired_at: "2026-11-20T10:15:00Z", purged_at: "2026-11-20T10:25:00Z" });
const listed = (...keys: AdministeredKey[]) => ({ body: { keys, replaced_every_days: 30 } });

afterEach(() => void vi.unstubAllGlobals());

function shown(replies: Parameters<typeof scriptedAccount>[0]) {
  const asked = scriptedAccount(replies);
  return { asked, user: renderPart(<KeysPage />) };
}

test("each key says what it does and since when", async () => {
  shown({ [KEYS]: [listed(RETIRED, key("now", "active"), key("soon", "next"))] });

  const rows = within(await screen.findByRole("list", { name: "Keys" })).getAllByRole("listitem");

  expect(rows.map((row) => row.querySelector("code")?.textContent)).toEqual(["old", "now", "soon"]);
  expect(rows[0]).toHaveTextContent(/Signs no more.*EdDSA · Since .*; what it signed is good until/);
  expect(rows[1]).toHaveTextContent(/Signs.*Since/);
  expect(rows[2]).toHaveTextContent(/Next.*Published on .*, signs from/);
  expect(screen.getByText(/A new key signs every 30 days\. The next one signs from/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Replace now" })).toBeNull(); // the next one is on its way already
});

test("a key is replaced in time once that is confirmed, and the list is asked for again", async () => {
  const after = listed(key("now", "active"), key("soon", "next"));
  const { asked, user } = shown({ [KEYS]: [listed(key("now", "active")), after], [ROTATE]: [after] });

  await user.click(await screen.findByRole("button", { name: "Replace now" }));
  expect(countOf(asked, ROTATE)).toBe(0);
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Replace now" }));

  expect(await screen.findByText("soon")).toBeVisible();
  expect(asked.find(({ path }) => path === ROTATE)?.search).toBe("?compromised=false");
});

test("stolen keys are replaced at once", async () => {
  const { asked, user } = shown({ [KEYS]: [listed(key("now", "active"))], [ROTATE]: [listed(key("new", "active"))] });

  await user.click(await screen.findByRole("button", { name: "Replace at once" }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Replace at once" }));

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked.find(({ path }) => path === ROTATE)?.search).toBe("?compromised=true");
});

test("where the server's own secret signs there is nothing to replace, and that is said", async () => {
  const { user } = shown({ [KEYS]: [listed()], [ROTATE]: [problem(409, "shared_secret_signs")] });

  expect(await screen.findByText(/There are none/)).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Replace at once" }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Replace at once" }));

  expect(await screen.findByRole("alert")).toHaveTextContent("AUTH_JWT_SECRET");
});

test("everybody is signed out once that is confirmed", async () => {
  const { asked, user } = shown({ [KEYS]: [listed(key("now", "active"))], [REVOKE]: [{ body: { revoked: 3 } }] });

  await user.click(await screen.findByRole("button", { name: "Sign everybody out" }));
  expect(countOf(asked, REVOKE)).toBe(0);
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Sign everybody out" }));

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(asked.find(({ path }) => path === REVOKE)?.body).toEqual({ everybody: true });
});
