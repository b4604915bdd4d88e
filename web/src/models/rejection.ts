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

type Rejection = { heading: string; words: string | null };

/** A function from a refusal to its heading and what is worth adding, for a provider at an address or with a key. */
export function useRejection(isAddress: boolean): (refusal: Refusal) => Rejection {
  const { _ } = useLingui();
  const problemText = useProblemText();
  return (refusal) => {
    const { code, detail, reason = "", words = null } = refusal;
    const cause = (isAddress && AT_AN_ADDRESS[reason]) || CAUSES[reason] || PROBLEM_TEXTS[reason];
    if (cause) return { heading: _(cause), words };
    return { heading: problemText(refusal), words: code === "provider_rejected" ? detail : null };
  };
}
