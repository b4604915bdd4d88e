// What this device says, before and after the server has stored it.
import type { KeptCommand, Message, SayingCommand } from "../types";

/** Whether a command holds words of the person. */
export const saysSomething = (command: KeptCommand): command is SayingCommand =>
  command.cmd === "message.send" || command.cmd === "message.edit" || command.cmd === "run.steer";

/** What a command says, as the message that it will be. */
export const ownMessage = ({ cid, text }: SayingCommand, at: number): Message => ({
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
