// What this device says, before and after the server has stored it.
import type { EditCommand, KeptCommand, Message, SendCommand } from "../types";

/** Whether a command holds words of the person. */
export const saysSomething = (command: KeptCommand): command is SendCommand | EditCommand =>
  command.cmd === "message.send" || command.cmd === "message.edit";

/** What a command says, as the message that it will be. */
export const ownMessage = ({ cid, text }: SendCommand | EditCommand, at: number): Message => ({
  id: cid,
  thread: "",
  role: "user",
  agent: null,
  status: "complete",
  parts: [{ kind: "text", text }],
  created_at: new Date(at).toISOString(),
  reply_to: null,
  parent: null,
  siblings: [],
  superseded: false,
  run: null,
});
