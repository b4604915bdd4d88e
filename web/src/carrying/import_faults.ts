// Why a file, or a conversation in it, was not imported, in plain words by its stable code.
import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react";
import type { ImportFault } from "@/wire/carrying";

const FAULTS = {
  not_an_export: msg`Neither Emergence nor ChatGPT exports such files.`,
  no_conversations: msg`There are no conversations in this archive.`,
  damaged: msg`It is damaged, or was cut off on its way. Export or download it again.`,
  encrypted: msg`It is locked with a password. Unlock it first.`,
  malformed: msg`Something else stands where a conversation should.`,
  incomplete: msg`Something that has to be there is missing.`,
  unknown_member: msg`Something is there that this server does not know. It may come from a newer version.`,
  newer_version: msg`It comes from a newer version of Emergence.`,
  unexpected_value: msg`Something there is not of the expected kind.`,
  inconsistent: msg`Its messages do not fit each other.`,
  empty: msg`Nobody has said anything in it.`,
  too_large: msg`Unpacked, it is larger than what this server takes.`,
  too_long: msg`It is longer than what this server takes.`,
  too_deep: msg`It is nested too deeply.`,
  too_many_files: msg`There are too many files in this archive.`,
} satisfies Record<ImportFault, unknown>;

/** A function from a fault to a sentence; what an earlier or a newer server noted is shown in its own words. */
export function useFaultText(): (problem: { fault?: string | null | undefined; reason: string }) => string {
  const { _ } = useLingui();
  return ({ fault, reason }) => (fault && Object.hasOwn(FAULTS, fault) ? _(FAULTS[fault as ImportFault]) : reason);
}
