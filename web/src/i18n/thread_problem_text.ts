// Refusals that only managing, sharing and carrying conversations and what is remembered meet: those screens come after start-up, and so do these.
import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";

export const PROBLEM_TEXTS_TO_ADD: Record<string, MessageDescriptor> = {
  unknown_folder: msg`This folder does not exist any more.`,
  folder_name_taken: msg`You have a folder of that name already.`,
  too_many_folders: msg`No more folders fit. Remove one that you no longer need.`,
  too_many_pins: msg`No more conversations can be pinned. Unpin one first.`,
  thread_is_temporary: msg`A temporary conversation is in no list, so it cannot be pinned, archived or put into a folder.`,
  thread_not_deleted: msg`This conversation is not deleted.`,
  no_consolidation_model: msg`No model is set for tending memory.`,
  unknown_item: msg`This is not remembered any more.`,
  too_many_writes: msg`Too much at once. Wait a moment, then try again.`,
  too_many_questions: msg`Too much is being searched at once. Wait a moment.`,
  too_many_items: msg`Nothing more fits into memory. Forget what you no longer need.`,
  item_superseded: msg`It was changed elsewhere meanwhile. Only its newest version can be changed.`,
  unknown_turn: msg`This is not remembered any more.`,
  retention_too_long: msg`This server keeps conversations for a shorter time than that.`,
  unknown_share: msg`This link leads nowhere. It may have been withdrawn, or its time may be over.`,
  sharing_off: msg`This server does not let conversations be shared by link.`,
  nothing_to_share: msg`Nothing has been said in this conversation yet.`,
  too_many_shares: msg`No more links fit. Revoke one that you no longer need.`,
  too_many_reads: msg`Too much at once. Wait a moment, then try again.`,
  unknown_import: msg`This import does not exist.`,
  import_running: msg`Another file is being imported. Wait until that is done.`,
  import_unreadable: msg`This file cannot be imported: it is neither an export of Emergence nor one of ChatGPT, or it is damaged.`,
  imports_busy: msg`Several files are being imported right now. Try again in a few minutes.`,
  pdf_too_long: msg`This conversation is too long for a PDF. Export it as Markdown or JSON: both take any length.`,
  pdf_failed: msg`The PDF could not be made. Export the conversation as Markdown or JSON.`,
  pdf_busy: msg`Other PDF files are being made right now. Try again in a moment.`,
};
