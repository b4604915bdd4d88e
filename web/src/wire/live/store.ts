// The live state as a store that components read and the connection writes.
import { create } from "zustand";
import type { AckData, ConnectionView, Frame, KeptCommand, Refusal } from "../types";
import { openThread, showBranch, withMessage } from "./merge";
import { ownMessage, saysSomething } from "./own_message";
import { reduce } from "./reduce";
import { EMPTY_THREAD, type LiveState, NOTHING } from "./state";

/** A command that waits on this device for the server's answer. */
export type KeptItem = { command: KeptCommand; at: number; user: string; refusal?: Refusal };

type Store = {
  live: LiveState;
  connection: ConnectionView;
  outbox: readonly KeptItem[];
  messageLimit: number;
  /** Sign-ins with a connected page or device. */
  connectedSignIns: readonly string[];
  /** How many pages and devices of this person are connected, this one too. */
  connected: number;
  /** Where and when, by this device's clock, the person was last heard to write on another one. */
  typingElsewhere: { thread: string | null; at: number } | undefined;
};

const start = (): Store => ({
  live: NOTHING,
  connection: { state: "connecting", since: Date.now() },
  outbox: [],
  messageLimit: 100_000, // contracts/session/protocol.py, until `welcome` says otherwise
  connectedSignIns: [],
  connected: 0,
  typingElsewhere: undefined,
});

export const useLive = create<Store>(start);

export const changeLive = (change: (live: LiveState) => LiveState): void =>
  useLive.setState(({ live }) => ({ live: change(live) }));

export function applyFrame(frame: Frame): void {
  const messageLimit = frame.type === "welcome" ? frame.data.limits.message_max_characters : undefined;
  if (messageLimit !== undefined) useLive.setState({ messageLimit });
  if (frame.type === "presence") {
    const { sessions } = frame.data;
    useLive.setState({ connectedSignIns: sessions.map((session) => session.sign_in), connected: sessions.length });
    return;
  }
  if (frame.type === "typing") {
    useLive.setState({ typingElsewhere: { thread: frame.data.thread ?? null, at: Date.now() } });
    return;
  }
  changeLive((live) => reduce(live, frame, Date.now()));
}

/** The server has stored a message of this device: show it as stored, in the same place and under the same key. */
export function applyAck({ command, at }: KeptItem, ack: AckData): void {
  const { thread, message } = ack;
  if (!saysSomething(command) || !thread || !message) return;
  changeLive((live) => {
    const opened = openThread(live, thread);
    const { messages, leaf } = opened.loaded[thread] ?? EMPTY_THREAD;
    const keys = { ...opened.keys, [message]: command.cid };
    const own = ownMessage(command, at);
    const held = messages[message];
    if (command.cmd === "message.edit" && command.message === message) {
      return held === undefined ? opened : withMessage(opened, { ...held, parts: own.parts }, Date.now());
    }
    if (held) return { ...opened, keys };
    const parent = command.cmd === "message.edit" ? (messages[command.message]?.parent ?? null) : leaf;
    const stored = { ...own, id: message, thread, parent };
    return { ...showBranch(withMessage(opened, stored, Date.now()), thread, message), keys };
  });
}

/** Another person signs in, or nobody: nothing of before may remain. */
export const forgetEverything = (): void => useLive.setState(start());
