// What stands in the audit log, in words for people; types and reasons of a newer server are shown as they are.
import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react";
import { useCallback } from "react";

export const EVENT_TEXTS: Record<string, MessageDescriptor> = {
  "session.login": msg`Signed in`,
  "session.revoked": msg`Session ended`,
  "factor.code": msg`Code given`,
  "factor.passkey": msg`Passkey used`,
  "factor.passkey_added": msg`Passkey added`,
  "factor.passkey_counter_back": msg`A passkey looked like a copy of itself`,
  "factor.passkey_removed": msg`Passkey removed`,
  "factor.passkey_renamed": msg`Passkey renamed`,
  "factor.totp_enabled": msg`Two-step sign-in set up`,
  "factor.totp_disabled": msg`Two-step sign-in removed`,
  "factor.recovery_codes_renewed": msg`New recovery codes made`,
  "account.deletion_cancelled": msg`Account kept after all`,
  "account.deletion_requested": msg`Account shut, to be deleted in a week`,
  "account.email_change_requested": msg`Another e-mail address asked for`,
  "account.email_change_undone": msg`Change of e-mail address undone`,
  "account.email_changed": msg`E-mail address changed`,
  "account.email_verified": msg`E-mail address confirmed`,
  "account.erased": msg`Account deleted`,
  "account.export_downloaded": msg`Export downloaded`,
  "account.export_ready": msg`Export ready`,
  "account.export_requested": msg`Export asked for`,
  "account.identity_linked": msg`Account of a provider linked`,
  "account.identity_unlinked": msg`Account of a provider unlinked`,
  "account.password_changed": msg`Password changed`,
  "account.password_set": msg`First password chosen`,
  "account.password_reset": msg`New password chosen by a link`,
  "account.password_reset_requested": msg`Link for a new password asked for`,
  "account.profile_changed": msg`Profile changed`,
  "account.reinstated": msg`Account let in again`,
  "account.suspended": msg`Account suspended`,
  "account.taken_over": msg`Account given to the owner of its address`,
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
  "admin.everybody_revoked": msg`Everybody signed out by an administrator`,
  "admin.export_downloaded": msg`Export downloaded by an administrator`,
  "admin.export_requested": msg`Export asked for by an administrator`,
  "admin.password_reset_offered": msg`Link for a new password given by an administrator`,
  "policy.breach_check_skipped": msg`A password was not looked up among leaked ones`,
  "admin.client_added": msg`A service on another machine was registered`,
  "admin.client_removed": msg`A service on another machine was removed`,
  "admin.client_renewed": msg`A service got new credentials`,
  "token.issued": msg`A service got a token`,
  "token.refused": msg`A service was refused a token`,
  "token.key_activated": msg`A new key signs`,
  "token.key_published": msg`The next key was published`,
  "token.key_purged": msg`A key was deleted`,
  "token.key_retired": msg`A key signs no more`,
  "token.keys_withdrawn": msg`Every key was replaced at once`,
};

/** The same types where they did not succeed, as far as that sounds different. */
const FAILURE_TEXTS: Record<string, MessageDescriptor> = {
  "session.login": msg`Sign-in failed`,
  "factor.code": msg`Wrong code given`,
  "factor.passkey": msg`Passkey refused`,
  "account.password_changed": msg`Password change failed`,
};

export const REASON_TEXTS: Record<string, MessageDescriptor> = {
  logged_out: msg`signed out`,
  inactivity: msg`nothing was done for long`,
  stepped_up: msg`went on after a fresh proof`,
  revoked_by_owner: msg`ended by its owner`,
  revoked_by_administrator: msg`ended by an administrator`,
  refresh_token_reused: msg`used from two places`,
  password_changed: msg`the password was changed`,
  password_reset: msg`a new password was chosen by a link`,
  second_factor_enabled: msg`two-step sign-in was set up`,
  second_factor_disabled: msg`two-step sign-in was removed`,
  second_factor_reset: msg`two-step sign-in was reset`,
  account_suspended: msg`the account was suspended`,
  role_changed: msg`the role was changed`,
  made_administrator: msg`made an administrator from the server’s own machine`,
  revoked_by_operator: msg`ended from the server’s own machine`,
  ended_by_administrator: msg`ended by the administrator`,
  ran_out: msg`its time was over`,
  administrators_session_ended: msg`the administrator’s own session ended`,
  deletion_requested: msg`the account is to be deleted`,
  email_change_undone: msg`the change of e-mail address was undone`,
  email_changed: msg`the e-mail address was changed`,
  everybody_revoked_by_administrator: msg`an administrator signed everybody out`,
  everybody_revoked_by_operator: msg`the server’s operator signed everybody out`,
  identity_unlinked: msg`the provider’s account was unlinked`,
  key_compromised: msg`its key was replaced`,
  passkey_removed: msg`a passkey was removed`,
  signed_out_at_provider: msg`signed out at the provider`,
  taken_over_by_owner: msg`the owner of its address came`,
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
