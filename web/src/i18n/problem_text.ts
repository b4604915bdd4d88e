// Every refusal and failure in plain words of the reader's language, by its stable code.
import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react";
import { useCallback } from "react";

/** What each code means to a person; codes that are not here are shown in the server's own words. */
export const PROBLEM_TEXTS: Record<string, MessageDescriptor> = {
  // Signing in
  credentials_rejected: msg`The e-mail address or the password is wrong.`,
  password_refused: msg`This password is too short, too common, or too close to your name or address. Choose another.`,
  "password_refused.too_short": msg`This password is too short. A few words are long and easy to keep.`,
  "password_refused.too_long": msg`This password is longer than what can be kept.`,
  "password_refused.common": msg`This password is among those that are tried first. Choose another.`,
  "password_refused.personal": msg`This password is little more than your name, your address or this product’s name. Choose another.`,
  "password_refused.guessable": msg`This password is guessed too soon. Choose another; a few words that do not belong together are good.`,
  setup_already_done: msg`This server already has an administrator. Sign in instead.`,
  setup_code_rejected: msg`The set-up code is wrong. It is printed where the server was started.`,
  email_taken: msg`Another account already uses this e-mail address.`,
  too_many_attempts: msg`Too many attempts. Wait a moment before you try again.`,
  proof_of_work_required: msg`This server could not see that you are not a robot. Try again in a moment.`,
  sign_in_busy: msg`Many people are signing in right now. Try again in a moment.`,
  cross_site_request: msg`This request did not come from this server’s own pages. Reload the page.`,
  login_session_ended: msg`Your session has ended. Sign in again.`,
  session_reuse_detected: msg`This session was used from two places and has been ended. Sign in again.`,
  ticket_rejected: msg`The connection could not be opened. Reload the page.`,
  code_rejected: msg`This code is wrong, or was used before.`,
  sign_in_expired: msg`Begin again with your password: this took too long, or too many codes were wrong.`,
  link_invalid: msg`This link was used before, or its time is over. Ask for a new one.`,
  password_needed: msg`You asked for this account in another browser. Choose a password to make it here.`,
  unknown_invitation: msg`This invitation was accepted or withdrawn already.`,
  mail_off: msg`This server sends no mail. Ask its administrator.`,
  password_too_short_alone: msg`Your password may be too short to protect your account alone. First choose a new one, of at least 15 characters; then remove this.`,
  has_password: msg`Your account has a password already. Change it instead.`,
  second_factor_already_enabled: msg`Two-step sign-in is on already. Remove it first.`,
  passkey_rejected: msg`This passkey was not accepted. Try again, or use another way.`,
  passkey_counter_back: msg`This passkey may have been copied, so it is not enough alone. Use a code, and remove the passkey in the settings.`,
  passkey_already_added: msg`This passkey was added already.`,
  too_many_passkeys: msg`No more passkeys fit this account. Remove one that you no longer use.`,
  passkeys_impossible: msg`Passkeys do not work at this address: browsers want a name with https, or localhost.`,
  unknown_passkey: msg`This passkey was removed already.`,
  passkey_cancelled: msg`No passkey was used: you cancelled, it took too long, or this device has none for this server.`,
  passkey_here_already: msg`This device already has a passkey for your account.`,
  passkey_unsuitable: msg`This device cannot keep a passkey. It needs a screen lock, a PIN or a fingerprint.`,
  passkey_failed: msg`This device could not use a passkey. Try again, or use another device.`,
  insufficient_user_authentication: msg`Confirm that it is you, then try again.`,
  unknown_login_session: msg`This session has ended already.`,
  cannot_impersonate: msg`Only active accounts of members and guests can be looked at this way.`,
  forbidden_while_impersonating: msg`You are looking at somebody else’s account: nothing can be changed in their name.`,
  read_only: msg`You are looking at somebody else’s conversations: nothing can be written in their name.`,
  unknown_user: msg`There is no such account.`,
  last_administrator: msg`This is the only administrator. Make somebody else one first.`,
  deletion_pending: msg`This account is about to be deleted.`,
  undo_rejected: msg`This cannot be undone any more. Sign in again to see how your account stands.`,
  too_many_exports: msg`Two exports a day can be made. Try again tomorrow.`,
  unknown_export: msg`There is no export to download. Ask for a new one.`,
  shared_secret_signs: msg`The server’s own secret signs here. Change AUTH_JWT_SECRET, or choose AUTH_TOKEN_ALG=EdDSA.`,
  unknown_sign_in_provider: msg`This server knows no sign-in provider of that name.`,
  sign_in_provider_unavailable: msg`The sign-in provider does not answer right now. Try again, or sign in another way.`,
  provider_sign_in_refused: msg`What the sign-in provider sent back could not be verified. Begin again.`,
  provider_sign_in_expired: msg`This sign-in took too long, was finished before, or began in another browser. Begin again.`,
  provider_sign_in_cancelled: msg`The sign-in was cancelled at the provider.`,
  identity_not_linked: msg`No account here is linked to it. If you have one, sign in as before, then link it in Settings, under Security.`,
  identity_taken: msg`It is linked to another account here already.`,
  unknown_identity: msg`This linked account is gone already.`,
  last_way_in: msg`This is the only way you can sign in. Add another one first.`,
  logout_token_rejected: msg`The sign-in provider’s message was not accepted.`,
  unauthenticated: msg`Sign in to continue.`,
  caller_rejected: msg`A part of the server refuses to work with another. An administrator has to look at it.`,
  forbidden: msg`You are not allowed to do this.`,
  // Any request
  not_found: msg`There is nothing here under that name.`,
  invalid_request: msg`Something in this form is not accepted. Check what you typed.`,
  request_too_large: msg`This is larger than what is accepted.`,
  unavailable: msg`This part is not available right now. Try again in a moment.`,
  database_unavailable: msg`The database does not answer right now. Try again in a moment.`,
  deadline_exceeded: msg`The answer took too long. Try again.`,
  internal_error: msg`Something went wrong on the server. Try again; if it stays, tell an administrator.`,
  unreachable: msg`The server cannot be reached. Check your connection and try again.`,
  unexpected_answer: msg`The server gave an answer that makes no sense here. Try again.`,
  unexpected: msg`Something went wrong.`,
  // Conversations
  unknown_agent: msg`There is no agent with that name. Anima, Neo and Nexus answer here.`,
  unknown_thread: msg`This conversation does not exist, or it is not yours.`,
  unknown_message: msg`This message does not exist.`,
  unknown_run: msg`This reply does not exist.`,
  unknown_topic: msg`There is nothing to follow under that name.`,
  unknown_command: msg`The server does not know this command. Reload the page.`,
  session_over: msg`This session has ended. Sign in to go on; nothing is lost.`,
  bad_frame: msg`The server did not understand this page. Reload it.`,
  cid_reused: msg`This was already sent in another form. Write it again.`,
  empty_message: msg`The message is empty. Write something first.`,
  message_too_long: msg`The message is too long for one message. Shorten it or send it in parts.`,
  not_regenerable: msg`Only a finished answer can be asked for again.`,
  too_many_commands: msg`Too much at once. Wait a moment.`,
  reply_cut: msg`The answer broke off. Ask again to get a whole one.`,
  chat_unavailable: msg`The agents cannot be reached right now. Try again in a moment.`,
  // Models and their providers
  provider_rejected: msg`The provider did not accept this.`,
  provider_keys_disabled: msg`Keys cannot be stored on this server: set CHAT_KEY_SECRET, or give the key in the environment.`,
  no_model: msg`No model is available. An administrator can add a key or an address in the settings.`,
  model_error: msg`The provider failed.`,
  model_key_rejected: msg`The provider rejected the API key. Check the key in the settings.`,
  model_rate_limited: msg`The provider is limiting requests for this key. Wait a moment, then try again.`,
  model_quota_exhausted: msg`The account at the provider has no credit left.`,
  model_overloaded: msg`The provider is overloaded. Try again in a moment.`,
  model_unavailable: msg`The provider cannot be reached, or does not work right now.`,
  model_timeout: msg`The model took too long to answer.`,
  model_cut: msg`The connection to the model broke off before the answer was complete.`,
  model_malformed: msg`The model’s provider sent something unreadable.`,
  model_context_too_long: msg`This conversation is too long for the model. Start a new one, or choose another model.`,
  model_refused_request: msg`The provider does not accept this request. Check the model’s settings.`,
  model_not_found: msg`The provider does not know this model. Check its name in the settings.`,
  model_package_missing: msg`The software for this provider is not installed on the server.`,
};

const UNKNOWN = msg`Something went wrong.`;

/** A function from a refusal to a sentence for a person. */
export function useProblemText(): (refusal: { code: string; detail?: string; reason?: string }) => string {
  const { _ } = useLingui();
  return useCallback(
    ({ code, detail, reason }) => {
      const known = PROBLEM_TEXTS[`${code}.${reason}`] ?? PROBLEM_TEXTS[code];
      return known ? _(known) : detail || _(UNKNOWN);
    },
    [_],
  );
}
