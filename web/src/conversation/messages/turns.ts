/** Groups the messages of a branch into turns: what was asked, and what was answered. */
import type { ShownMessage } from "@/wire";

export interface Turn {
  readonly key: string;
  readonly question: ShownMessage | null;
  readonly answers: readonly ShownMessage[];
}

/**
 * Return turns in the order of their questions. An answer whose question is not loaded makes its own turn.
 *
 * A turn of `previous` whose messages are the same objects is returned itself, so that it is not drawn again.
 */
export function groupTurns(messages: readonly ShownMessage[], previous: readonly Turn[] = []): Turn[] {
  const groups = new Map<string, ShownMessage[]>();
  for (const message of messages) {
    const asked = message.role === "agent" ? message.reply_to : null;
    const place = asked !== null && groups.has(asked) ? asked : message.id;
    groups.set(place, [...(groups.get(place) ?? []), message]);
  }
  const known = new Map(previous.map((turn) => [turn.key, turn]));
  return [...groups.values()].map((group) => {
    const turn = turnOf(group);
    const before = known.get(turn.key);
    return before && isSame(before, turn) ? before : turn;
  });
}

function turnOf(group: readonly ShownMessage[]): Turn {
  const question = group.find((message) => message.role === "user") ?? null;
  return { key: group[0]?.key ?? "", question, answers: group.filter((message) => message.role === "agent") };
}

function isSame(before: Turn, after: Turn): boolean {
  return before.question === after.question && isSameList(before.answers, after.answers);
}

function isSameList(before: readonly ShownMessage[], after: readonly ShownMessage[]): boolean {
  return before.length === after.length && before.every((message, index) => message === after[index]);
}

export function isUnfinished(message: ShownMessage): boolean {
  return message.role === "agent" && (message.status === "queued" || message.status === "streaming");
}
