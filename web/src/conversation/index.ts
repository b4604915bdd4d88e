// The screen of one conversation, or of a new one; and what was typed there and not sent.
export { ConversationScreen } from "./ConversationScreen";
export { countDrafts, deleteDrafts } from "./composer/drafts";
