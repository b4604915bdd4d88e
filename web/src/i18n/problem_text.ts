// Refusals and failures in plain words of the reader's language, by their stable code.
import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react";
import { useCallback } from "react";

/** What each code means that any page can meet; codes without words are shown in the server's own. */
export const PROBLEM_TEXTS: Record<string, MessageDescriptor> = {
  // The session
  too_many_attempts: msg`Too many attempts. Wait a moment before you try again.`,
  cross_site_request: msg`This request did not come from this server’s own pages. Reload the page.`,
  login_session_ended: msg`Your session has ended. Sign in again.`,
  session_reuse_detected: msg`This session was used from two places and has been ended. Sign in again.`,
  ticket_rejected: msg`The connection could not be opened. Reload the page.`,
  forbidden_while_impersonating: msg`You are looking at somebody else’s account: nothing can be changed in their name.`,
  read_only: msg`You are looking at somebody else’s conversations: nothing can be written in their name.`,
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
  unknown_session: msg`This page has lost its connection for good. Reload it.`,
  bad_frame: msg`The server did not understand this page. Reload it.`,
  cid_reused: msg`This was already sent in another form. Write it again.`,
  empty_message: msg`The message is empty. Write something first.`,
  message_too_long: msg`The message is too long for one message. Shorten it or send it in parts.`,
  not_editable: msg`Only your own messages can be edited.`,
  not_waiting: msg`Its answer has begun. Stop the answer, or edit the message.`,
  not_regenerable: msg`Only a finished answer can be asked for again.`,
  too_many_commands: msg`Too much at once. Wait a moment.`,
  too_many_connections: msg`Too many windows are open. Close some, or wait a minute.`,
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

/** Give words to the codes of screens that start-up leaves out. */
export const knowProblems = (texts: Record<string, MessageDescriptor>): void =>
  void Object.assign(PROBLEM_TEXTS, texts);

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
