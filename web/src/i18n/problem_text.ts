// Refusals in plain words of the reader's language, by their stable code; the server's own sentence for unknown ones.
import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react";
import type { Refusal } from "@/wire/types";

const TEXTS: Record<string, MessageDescriptor> = {
  credentials_rejected: msg`The e-mail address or the password is wrong.`,
  password_refused: msg`This password is too short, too common, or too close to your name or address. Choose another.`,
  setup_already_done: msg`This server already has an administrator. Sign in instead.`,
  setup_code_rejected: msg`The set-up code is wrong. It is printed where the server was started.`,
  login_session_ended: msg`Your session has ended. Sign in again.`,
  session_reuse_detected: msg`This session was used from two places and has been ended. Sign in again.`,
  unauthenticated: msg`Sign in to continue.`,
  forbidden: msg`You are not allowed to do this.`,
  not_found: msg`There is nothing here under that name.`,
  invalid_request: msg`Something in this form is not accepted. Check what you typed.`,
  request_too_large: msg`This is larger than what is accepted.`,
  unavailable: msg`This part is not available right now. Try again in a moment.`,
  deadline_exceeded: msg`The answer took too long. Try again.`,
  provider_rejected: msg`The provider did not accept this. Nothing was changed.`,
  provider_keys_disabled: msg`Keys cannot be stored on this server: set CHAT_KEY_SECRET, or give the key in the environment.`,
  unknown_agent: msg`There is no agent with that name. Anima, Neo and Nexus answer here.`,
  unknown_thread: msg`This conversation does not exist.`,
  unknown_message: msg`This message does not exist.`,
  unknown_run: msg`This reply does not exist.`,
  empty_message: msg`The message is empty. Write something first.`,
  message_too_long: msg`The message is too long for one message. Shorten it or send it in parts.`,
  not_regenerable: msg`Only a finished answer can be asked for again.`,
  too_many_commands: msg`Too much at once. Wait a moment.`,
  unreachable: msg`The server cannot be reached. Check your connection and try again.`,
  unexpected_answer: msg`The server gave an answer that makes no sense here. Try again.`,
};

/** A function from a refusal to a sentence for a person. */
export function useProblemText(): (refusal: Refusal) => string {
  const { i18n } = useLingui();
  return ({ code, detail }) => {
    const text = TEXTS[code];
    return text ? i18n._(text) : detail;
  };
}
