// Acts that cannot be taken back, and those that hand something over: asked about, done, told.
import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import type { AdministeredPerson } from "@/wire";
import { countOf, scriptedAccount } from "@/wire/scripted_account";
import { PersonActs } from "./PersonActs";
import { PersonFacts } from "./PersonFacts";

const ONE = "/api/auth/admin/users/u2";
const RESET = `${ONE}/reset-link`;
const mail = (isOn: boolean) => ({ "/api/auth/setup": [{ body: { claimed: true, mail: isOn } }] });
const person = (state: Partial<AdministeredPerson> = {}): AdministeredPerson => ({
  user_id: "u2",
  display_name: "Eve",
  email: "eve@example.org",
  role: "member",
  status: "active",
  created_at: "2026-11-20T10:00:00Z",
  has_second_factor: false,
  sessions: 0,
  last_seen_at: null,
  emails: [],
  has_password: true,
  password_changed_at: null,
  must_change_password: false,
  totp_confirmed_at: null,
  passkeys: 0,
  recovery_codes_left: 0,
  deletion_due_at: null,
  ...state,
});
const PENDING = { status: "deletion_pending", deletion_due_at: "2026-12-04T10:30:00Z" } as const;

afterEach(() => void vi.unstubAllGlobals());

function shown(state: Partial<AdministeredPerson>, replies: Parameters<typeof scriptedAccount>[0]) {
  const asked = scriptedAccount(replies);
  const user = renderPart(
    <>
      <PersonFacts person={person(state)} />
      <PersonActs person={person(state)} />
    </>,
  );
  return { asked, user };
}

test("where nothing is mailed the link is shown once, whole, to be handed over", async () => {
  const made = { is_mailed: false, link: "/reset-password#abc", expires_at: "2026-11-27T10:15:00Z" };
  const { user } = shown({}, { ...mail(false), [RESET]: [{ body: made }] });

  await user.click(screen.getByRole("button", { name: "Link for a new password" }));
  await user.click(await screen.findByRole("button", { name: "Make the link" }));

  const dialog = await screen.findByRole("alertdialog", { name: "The link for Eve" });
  expect(dialog).toHaveTextContent(`${location.origin}/reset-password#abc`);
  await user.click(within(dialog).getByRole("button", { name: "Done" }));
  expect(screen.queryByText(/reset-password#abc/)).toBeNull();
});

test("where letters are sent the link goes to the person and is not shown", async () => {
  const made = { is_mailed: true, link: null, expires_at: "2026-11-27T10:15:00Z" };
  const { asked, user } = shown({}, { ...mail(true), [RESET]: [{ body: made }] });

  await user.click(screen.getByRole("button", { name: "Link for a new password" }));
  await user.click(await screen.findByRole("button", { name: "Send the link" }));

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(countOf(asked, RESET)).toBe(1);
});

test("an account is deleted only when its address was typed", async () => {
  const { asked, user } = shown(
    {},
    { [`DELETE ${ONE}`]: [{ status: 202, body: { due_at: PENDING.deletion_due_at } }] },
  );

  await user.click(screen.getByRole("button", { name: "Delete" }));
  const act = screen.getByRole("button", { name: "Delete the account" });
  await user.type(screen.getByLabelText("Type “eve@example.org” to confirm"), "eve@example.com");
  expect(act).toBeDisabled();
  expect(countOf(asked, ONE)).toBe(0);
  await user.type(screen.getByRole("textbox"), "{Backspace}{Backspace}{Backspace}ORG");
  await user.click(act);

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(countOf(asked, ONE)).toBe(1);
});

test("an account that is about to be deleted says when, and can only be kept", async () => {
  const { asked, user } = shown(PENDING, { [`${ONE}/undelete`]: [{ status: 204 }] });

  expect(screen.getByText(/^Will be deleted on .*2026/)).toBeVisible();
  expect(screen.getAllByRole("button")).toHaveLength(1);
  await user.click(screen.getByRole("button", { name: "Keep" }));
  await user.click(screen.getByRole("button", { name: "Keep the account" }));

  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(countOf(asked, `${ONE}/undelete`)).toBe(1);
});

test("nothing that takes one's own way in is offered for one's own account", () => {
  shown({ user_id: "u1", has_second_factor: true }, {});

  expect(screen.queryByRole("button", { name: "Delete" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Reset" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Link for a new password" })).toBeNull();
});
