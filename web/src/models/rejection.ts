// Why a key or an address was not accepted, in the reader's words: what to correct differs with the cause.
import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react";
import { PROBLEM_TEXTS, useProblemText } from "@/i18n/problem_text";
import type { Refusal } from "@/wire";

const CAUSES: Record<string, MessageDescriptor> = {
  model_key_rejected: msg`The provider refused the key.`,
  model_timeout: msg`No answer came in time.`,
  model_not_found: msg`This model, or this address, is not known there.`,
  model_malformed: msg`What answers there does not speak the expected protocol.`,
  model_refused_request: msg`The provider refused the trial request.`,
};
const AT_AN_ADDRESS: Record<string, MessageDescriptor> = {
  model_unavailable: msg`The address could not be reached.`,
  model_key_rejected: msg`The server at this address refused the key, or asks for one.`,
};

/** A function from a refusal to its heading, for a provider that is reached at an address or by a key. */
export function useRejection(isAddress: boolean): (refusal: Refusal) => string {
  const { _ } = useLingui();
  const problemText = useProblemText();
  return (refusal) => {
    const { reason } = refusal;
    if (reason === undefined) return problemText(refusal);
    const cause = (isAddress && AT_AN_ADDRESS[reason]) || CAUSES[reason] || PROBLEM_TEXTS[reason];
    return cause ? _(cause) : problemText(refusal);
  };
}
