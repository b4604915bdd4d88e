/** Puts a problem's code into plain words in the user's language. */
import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react";
import { useCallback } from "react";

/** What each code means to a person; codes that are not here are shown in the server's own words. */
const TEXTS: Record<string, MessageDescriptor> = {
  model_key_rejected: msg`The provider rejected the API key. Check the key in the settings.`,
  model_rate_limited: msg`The provider is limiting requests for this key. Wait a moment, then try again.`,
  model_quota_exhausted: msg`The account at the provider has no credit left.`,
  model_overloaded: msg`The provider is overloaded. Try again in a moment.`,
  model_unavailable: msg`The provider cannot be reached, or does not work right now.`,
  model_timeout: msg`The model took too long to answer.`,
  model_cut: msg`The connection to the model broke off before the answer was complete.`,
  model_malformed: msg`The model's provider sent something unreadable.`,
  model_context_too_long: msg`This conversation is too long for the model. Start a new one, or choose another model.`,
  model_refused_request: msg`The provider does not accept this request. Check the model's settings.`,
  model_not_found: msg`The provider does not know this model. Check its name in the settings.`,
  model_package_missing: msg`The software for this provider is not installed on the server.`,
  no_model: msg`No model is available. Add a key or an address in the settings.`,
  unknown_agent: msg`There is no agent with that name.`,
  empty_message: msg`The message is empty. Write something first.`,
  message_too_long: msg`The message is too long. Shorten it or send it in parts.`,
  too_many_commands: msg`Too much at once. Wait a moment.`,
  not_regenerable: msg`Only a finished answer can be asked for again.`,
  unknown_thread: msg`This conversation does not exist, or it is not yours.`,
  not_found: msg`This conversation does not exist, or it is not yours.`,
  unavailable: msg`A part of the server does not answer right now.`,
  deadline_exceeded: msg`The server took too long to answer.`,
  unreachable: msg`The server cannot be reached.`,
};

const UNKNOWN = msg`Something went wrong.`;

/** Return a function from a code, and the server's own sentence for it, to words for a person. */
export function useProblemText(): (code: string, detail?: string) => string {
  const { _ } = useLingui();
  return useCallback(
    (code, detail) => {
      const known = TEXTS[code];
      if (known) return _(known);
      return detail === undefined || detail === "" ? _(UNKNOWN) : detail;
    },
    [_],
  );
}
