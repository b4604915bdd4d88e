// What stands in the audit log, in words for people; types and reasons of a newer server are shown as they are.
import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react";
import { useCallback } from "react";

export const EVENT_TEXTS: Record<string, MessageDescriptor> = {
  "session.login": msg`Signed in`,
  "session.revoked": msg`Session ended`,
  "session.stepped_up": msg`Identity confirmed again`,
  "factor.code": msg`Two-step code entered`,
  "factor.passkey": msg`Passkey used`,
  "factor.passkey_added": msg`Passkey added`,
  "factor.passkey_counter_back": msg`A passkey may have been copied`,
  "factor.passkey_removed": msg`Passkey removed`,
  "factor.passkey_renamed": msg`Passkey renamed`,
  "factor.totp_enabled": msg`Two-step sign-in set up`,
  "factor.totp_disabled": msg`Two-step sign-in removed`,
  "factor.recovery_codes_renewed": msg`New recovery codes created`,
  "account.deletion_cancelled": msg`Deletion of the account cancelled`,
  "account.deletion_requested": msg`Account closed; it is deleted in a week`,
  "account.email_change_requested": msg`Change of e-mail address requested`,
  "account.email_change_undone": msg`Change of e-mail address undone`,
  "account.email_changed": msg`E-mail address changed`,
  "account.email_verified": msg`E-mail address confirmed`,
  "account.erased": msg`Account deleted`,
  "account.export_downloaded": msg`Export downloaded`,
  "account.export_ready": msg`Export ready`,
  "account.export_requested": msg`Export requested`,
  "account.identity_linked": msg`Account at a sign-in provider linked`,
  "account.identity_unlinked": msg`Account at a sign-in provider unlinked`,
  "account.password_changed": msg`Password changed`,
  "account.password_set": msg`First password chosen`,
  "account.password_reset": msg`Password reset with a link`,
  "account.password_reset_requested": msg`Password reset requested`,
  "account.profile_changed": msg`Profile changed`,
  "account.reinstated": msg`Account reinstated`,
  "account.suspended": msg`Account suspended`,
  "account.taken_over": msg`Account handed to the owner of its address`,
  "admin.role_changed": msg`Role changed`,
  "admin.sessions_revoked": msg`Sessions ended by an administrator`,
  "admin.second_factor_reset": msg`Two-step sign-in reset by an administrator`,
  "admin.impersonation_started": msg`An administrator began to view the account`,
  "admin.impersonation_ended": msg`An administrator stopped viewing the account`,
  "account.registration_requested": msg`Registration requested with this address`,
  "account.registered": msg`Account created`,
  "account.imported": msg`Account brought over from the former system`,
  "account.invitation_accepted": msg`Invitation accepted`,
  "admin.invited": msg`Somebody was invited`,
  "admin.invitation_revoked": msg`Invitation withdrawn`,
  "policy.allowlist_added": msg`Address put on the allowlist`,
  "policy.allowlist_removed": msg`Address taken from the allowlist`,
  "admin.audit_exported": msg`Audit log exported`,
  "admin.everybody_revoked": msg`Everybody signed out by an administrator`,
  "admin.export_downloaded": msg`Export downloaded by an administrator`,
  "admin.export_requested": msg`Export requested by an administrator`,
  "admin.password_reset_offered": msg`Password reset link given by an administrator`,
  "policy.breach_check_skipped": msg`A password was not looked up among leaked ones`,
  "admin.client_added": msg`A service on another machine was registered`,
  "admin.client_removed": msg`A service on another machine was removed`,
  "admin.client_renewed": msg`A service got new credentials`,
  "token.issued": msg`A service got a token`,
  "token.refused": msg`A service was refused a token`,
  "token.key_activated": msg`A new signing key came into use`,
  "token.key_published": msg`The next signing key was published`,
  "token.key_purged": msg`A signing key was deleted`,
  "token.key_retired": msg`A signing key was retired`,
  "token.keys_withdrawn": msg`All signing keys were replaced at once`,
};

/** The same types where they did not succeed, as far as that sounds different. */
const FAILURE_TEXTS: Record<string, MessageDescriptor> = {
  "session.login": msg`Sign-in failed`,
  "factor.code": msg`Wrong two-step code entered`,
  "factor.passkey": msg`Passkey refused`,
  "account.password_changed": msg`Password change failed`,
  "account.export_ready": msg`Export failed`,
};

/** Ends of a session that are a part of what somebody did themselves: the deed is told, not the end. */
export const DEED_TEXTS: Record<string, MessageDescriptor> = {
  stepped_up: msg`Identity confirmed again`,
  logged_out: msg`Signed out`,
};

export const REASON_TEXTS: Record<string, MessageDescriptor> = {
  inactivity: msg`inactive for too long`,
  revoked_by_owner: msg`ended in the settings`,
  revoked_by_administrator: msg`ended by an administrator`,
  refresh_token_reused: msg`used in two places at once: somebody may have stolen it`,
  password_changed: msg`the password was changed`,
  password_reset: msg`the password was reset with a link`,
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
  identity_unlinked: msg`the account at a sign-in provider was unlinked`,
  key_compromised: msg`the server’s signing keys were replaced`,
  first_passkey_added: msg`a passkey was added as the second step`,
  passkey_removed: msg`a passkey was removed`,
  signed_out_at_provider: msg`signed out at the sign-in provider`,
  taken_over_by_owner: msg`the owner of its address took the account over`,
};

const ROLE_TEXTS: Record<string, MessageDescriptor> = {
  admin: msg`new role: administrator`,
  member: msg`new role: member`,
  guest: msg`new role: guest`,
};

type Told = { type: string; outcome: string; data: Record<string, string | number | boolean> };

const deedOf = ({ type, data }: Pick<Told, "type" | "data">) =>
  type === "session.revoked" ? DEED_TEXTS[String(data.reason)] : undefined;

/** A function from an event to what happened. */
export function useEventText(): (event: Told) => string {
  const { _ } = useLingui();
  return useCallback(
    (event) => {
      const { type, outcome } = event;
      const known = deedOf(event) || (outcome === "failure" && FAILURE_TEXTS[type]) || EVENT_TEXTS[type];
      return known ? _(known) : type;
    },
    [_],
  );
}

// Whose reason somebody wrote themselves: it is shown as it is, whatever words of ours it happens to be.
const WITH_REASON_OF_PEOPLE = new Set(["admin.impersonation_started", "admin.export_requested"]);

/** A function from an event to the particulars that belong in a sentence, if it has any. */
export function useEventDetail(): (event: Told) => string | undefined {
  const { _ } = useLingui();
  return useCallback(
    (event) => {
      const { type, data } = event;
      const { reason, role } = data;
      if (deedOf(event)) return undefined;
      if (WITH_REASON_OF_PEOPLE.has(type)) return typeof reason === "string" ? reason : undefined;
      if (typeof reason === "string") return REASON_TEXTS[reason] ? _(REASON_TEXTS[reason]) : reason;
      if (typeof role === "string") return ROLE_TEXTS[role] ? _(ROLE_TEXTS[role]) : role;
      return undefined;
    },
    [_],
  );
}
