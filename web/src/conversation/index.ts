// The screen of one conversation, or of a new one.
export { ConversationScreen } from "./ConversationScreen";
