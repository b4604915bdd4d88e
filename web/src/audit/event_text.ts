// What stands in the audit log, in words for people; types and reasons of a newer server are shown as they are.
import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react";
import { useCallback } from "react";

export const EVENT_TEXTS: Record<string, MessageDescriptor> = {
  "session.login": msg`Signed in`,
  "session.revoked": msg`Session ended`,
  "factor.code": msg`Code given`,
  "factor.totp_enabled": msg`Two-step sign-in set up`,
  "factor.totp_disabled": msg`Two-step sign-in removed`,
  "factor.recovery_codes_renewed": msg`New recovery codes made`,
  "account.password_changed": msg`Password changed`,
  "account.suspended": msg`Account suspended`,
  "account.reinstated": msg`Account let in again`,
  "admin.role_changed": msg`Role changed`,
  "admin.sessions_revoked": msg`Sessions ended by an administrator`,
  "admin.second_factor_reset": msg`Two-step sign-in reset by an administrator`,
  "admin.impersonation_started": msg`An administrator began to view the account`,
  "admin.impersonation_ended": msg`An administrator stopped viewing the account`,
  "account.registration_requested": msg`An account was asked for with this address`,
  "account.registered": msg`Account made`,
  "account.invitation_accepted": msg`Invitation accepted`,
  "admin.invited": msg`Somebody was invited`,
  "admin.invitation_revoked": msg`Invitation withdrawn`,
  "policy.allowlist_added": msg`Address put on the allowlist`,
  "policy.allowlist_removed": msg`Address taken from the allowlist`,
  "admin.audit_exported": msg`Audit log exported`,
};

/** The same types where they did not succeed, as far as that sounds different. */
const FAILURE_TEXTS: Record<string, MessageDescriptor> = {
  "session.login": msg`Sign-in failed`,
  "factor.code": msg`Wrong code given`,
  "account.password_changed": msg`Password change failed`,
};

export const REASON_TEXTS: Record<string, MessageDescriptor> = {
  logged_out: msg`signed out`,
  stepped_up: msg`went on after a fresh proof`,
  revoked_by_owner: msg`ended by its owner`,
  revoked_by_administrator: msg`ended by an administrator`,
  refresh_token_reused: msg`used from two places`,
  password_changed: msg`the password was changed`,
  second_factor_enabled: msg`two-step sign-in was set up`,
  second_factor_disabled: msg`two-step sign-in was removed`,
  second_factor_reset: msg`two-step sign-in was reset`,
  account_suspended: msg`the account was suspended`,
  role_changed: msg`the role was changed`,
  ended_by_administrator: msg`ended by the administrator`,
  administrators_session_ended: msg`the administrator’s own session ended`,
};

const ROLE_TEXTS: Record<string, MessageDescriptor> = {
  admin: msg`new role: administrator`,
  member: msg`new role: member`,
  guest: msg`new role: guest`,
};

type Told = { type: string; outcome: string; data: Record<string, string | number | boolean> };

/** A function from an event to what happened. */
export function useEventText(): (event: Pick<Told, "type" | "outcome">) => string {
  const { _ } = useLingui();
  return useCallback(
    ({ type, outcome }) => {
      const known = (outcome === "failure" && FAILURE_TEXTS[type]) || EVENT_TEXTS[type];
      return known ? _(known) : type;
    },
    [_],
  );
}

/** A function from an event to the particulars that belong in a sentence, if it has any. */
export function useEventDetail(): (event: Told) => string | undefined {
  const { _ } = useLingui();
  return useCallback(
    ({ type, data }) => {
      const { reason, role } = data;
      if (type === "admin.impersonation_started") return typeof reason === "string" ? reason : undefined;
      if (typeof reason === "string") return REASON_TEXTS[reason] ? _(REASON_TEXTS[reason]) : reason;
      if (typeof role === "string") return ROLE_TEXTS[role] ? _(ROLE_TEXTS[role]) : role;
      return undefined;
    },
    [_],
  );
}
