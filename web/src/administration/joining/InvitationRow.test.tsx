// An invitation that lets nobody in says so, and can be sent again or withdrawn.
import { screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import type { AdministeredInvitation } from "@/wire";
import { scriptedAccount } from "@/wire/scripted_account";
import { InvitationRow } from "./InvitationRow";

const invitation = (state: AdministeredInvitation["state"]): AdministeredInvitation => ({
  id: "i1",
  email: "grace@example.org",
  role: "admin",
  note: "",
  state,
  invited_by: "Bob",
  created_at: "2026-11-20T10:00:00Z",
  expires_at: "2026-11-23T10:00:00Z",
});

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["open", "open", false, true],
  ["unvouched", "not valid now", true, true],
  ["expired", "expired", false, true],
  ["revoked", "withdrawn", false, false],
] as const)("what is %s says so", (state, words, isExplained, isPending) => {
  scriptedAccount({});
  renderPart(<InvitationRow invitation={invitation(state)} onSent={() => {}} />);

  expect(screen.getByText(words)).toBeVisible();
  expect(screen.queryByText(/no longer an administrator/) !== null).toBe(isExplained);
  expect(screen.queryByRole("button", { name: "Send again to grace@example.org" }) !== null).toBe(isPending);
});
