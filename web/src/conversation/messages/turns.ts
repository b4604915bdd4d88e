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

function isSameList<Item>(before: readonly Item[], after: readonly Item[]): boolean {
  return before.length === after.length && before.every((item, index) => item === after[index]);
}

/** Neighbouring turns, drawn and skipped together: a long thread has few of these. */
export interface Block {
  readonly key: string;
  readonly turns: readonly Turn[];
}

/**
 * Return the turns in blocks of about sixteen. A turn begins a block by its own key, so that what comes before or
 * after changes no other block; a block of `previous` whose turns are the same objects is returned itself.
 */
export function groupBlocks(turns: readonly Turn[], previous: readonly Block[] = []): Block[] {
  const groups: Turn[][] = [];
  for (const turn of turns) {
    const last = groups.at(-1);
    if (last === undefined || turn.key.endsWith("0")) groups.push([turn]);
    else last.push(turn);
  }
  const known = new Map(previous.map((block) => [block.key, block]));
  return groups.map((group) => {
    const key = group[0]?.key ?? "";
    const before = known.get(key);
    return before && isSameList(before.turns, group) ? before : { key, turns: group };
  });
}

export function isUnfinished(message: ShownMessage): boolean {
  return message.role === "agent" && (message.status === "queued" || message.status === "streaming");
}
