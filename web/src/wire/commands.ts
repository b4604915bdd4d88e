// What a user can do in a conversation.
import { carryOut, carryOutAgain } from "./connection";
import { newId } from "./ids";
import { unendedRunsAfter, waitsItsTurn } from "./live/state";
import { useLive } from "./live/store";
import { drop } from "./outbox";
import { timeZone } from "./time_zone";
import type { Delivered, Language, MessageToSend } from "./types";

/**
 * Say something. The message is shown as pending at once and survives a reload.
 *
 * Resolves when the server has stored it, however long that takes; rejects with a `Problem` when it is refused
 * (codes: empty_message, message_too_long, unknown_agent, unknown_thread, too_many_commands).
 */
export async function sendMessage({ threadId, ...said }: MessageToSend): Promise<Delivered> {
  const command = {
    cmd: "message.send" as const,
    cid: newId(),
    thread: threadId ?? null,
    ...said,
    time_zone: timeZone(),
  };
  const { thread, message } = await carryOut(command);
  return { thread: thread ?? "", message: message ?? "" };
}

/** Ask `agent` (or the same one) for another answer in place of the agent's message `message`. */
export async function regenerate(message: string, language: Language, agent?: string): Promise<void> {
  await carryOut({
    cmd: "message.regenerate",
    cid: newId(),
    message,
    agent: agent ?? null,
    language,
    time_zone: timeZone(),
  });
}

/**
 * Say `text` in place of the own message `message`, as a branch of its own. It is kept like a message that is sent.
 * What is still being written after `message` is stopped: nobody waits for it any more. A message that waits for its
 * answer is changed where it stands, and stops nothing.
 */
export async function editMessage(message: string, text: string, language: Language): Promise<void> {
  const { live } = useLive.getState();
  const stopped = waitsItsTurn(live, message) ? [] : unendedRunsAfter(live, message);
  for (const run of stopped) void stopRun(run.id).catch(() => undefined);
  await carryOut({ cmd: "message.edit", cid: newId(), message, text, agent: null, language, time_zone: timeZone() });
}

/** Show the branch through `message`, on every device. */
export async function selectBranch(message: string): Promise<void> {
  await carryOut({ cmd: "branch.select", cid: newId(), message });
}

/** End a run; the text so far is kept. */
export async function stopRun(run: string): Promise<void> {
  await carryOut({ cmd: "run.stop", cid: newId(), run });
}

/** Say `text` to the answer that `run` writes: it ends with its text so far, and this is answered next. */
export async function steerRun(run: string, text: string, agent: string, language: Language): Promise<void> {
  await carryOut({ cmd: "run.steer", cid: newId(), run, text, agent, language, time_zone: timeZone() });
}

/** Take back an own message that nobody has begun to answer (else `not_waiting`). */
export async function withdrawMessage(message: string): Promise<void> {
  await carryOut({ cmd: "message.withdraw", cid: newId(), message });
}

/** Try a refused message again; `key` is that of the shown message. */
export const sendAgain = (key: string): Promise<void> => carryOutAgain(key);

/** Give up a message that has not been sent; `key` is that of the shown message. */
export const discardUnsent = (key: string): Promise<void> => drop(key);
