// Refusals that only managing conversations and what is remembered meets: its menus and screens come after start-up, and so do these.
import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";

export const PROBLEM_TEXTS_TO_ADD: Record<string, MessageDescriptor> = {
  unknown_folder: msg`This folder does not exist any more.`,
  folder_name_taken: msg`You have a folder of that name already.`,
  too_many_folders: msg`No more folders fit. Remove one that you no longer need.`,
  too_many_pins: msg`No more conversations can be pinned. Unpin one first.`,
  thread_is_temporary: msg`A temporary conversation is in no list, so it cannot be pinned, archived or put into a folder.`,
  thread_not_deleted: msg`This conversation is not deleted.`,
  unknown_turn: msg`This is not remembered any more.`,
  retention_too_long: msg`This server keeps conversations for a shorter time than that.`,
};
