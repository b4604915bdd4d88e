// Replays the golden transcripts that the Python suite replays too.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Frame, Message } from "../types";
import { loadPage, openThread } from "./merge";
import { reduce, settle } from "./reduce";
import { type LiveState, NOTHING, resumePoints, shownBranch, textOf } from "./state";

const GOLDEN = join(import.meta.dirname, "../../../../tests/golden");

type Expected = {
  texts?: Record<string, string>;
  statuses?: Record<string, string>;
  lengths?: Record<string, number>;
  positions?: Record<string, number>;
  shown?: string[];
  gaps?: Record<string, number>;
  recalled?: Record<string, string[]>;
};
type Line = {
  note?: string;
  client?: { cmd: string; cid?: string; topic?: string; resume?: { topic: string; seq: number }[] };
  server?: Frame;
  stored?: { thread: string; page: { messages: Message[]; seq: number } };
  expect?: Expected;
};

class Replay {
  live: LiveState = NOTHING;
  readonly #asked = new Map<string, string>();

  step({ client, server, stored, expect: expected }: Line): void {
    if (client) this.#say(client);
    if (server) this.#hear(server);
    if (stored) this.live = loadPage(openThread(this.live, stored.thread), stored.thread, stored.page, "newest", 0);
    if (expected) this.#check(expected);
  }

  #say(command: NonNullable<Line["client"]>): void {
    if (command.cmd === "subscribe" && command.cid && command.topic) this.#asked.set(command.cid, command.topic);
    const isReturn = command.cmd === "hello" && command.resume?.length;
    if (isReturn) expect(resumePoints(this.live)).toEqual(expect.arrayContaining(command.resume ?? []));
  }

  #hear(frame: Frame): void {
    if (frame.type === "ack") {
      const topic = this.#asked.get(frame.data.cid);
      if (topic) this.live = settle(this.live, topic);
      if (frame.data.thread) this.live = openThread(this.live, frame.data.thread);
    }
    this.live = reduce(this.live, frame, 0);
  }

  #message(id: string): Message {
    const message = Object.values(this.live.loaded).map((thread) => thread.messages[id])[0];
    if (message === undefined) throw new Error(`no message ${id}`);
    return message;
  }

  #check({ texts = {}, statuses = {}, lengths = {}, positions = {}, shown, gaps, recalled = {} }: Expected): void {
    for (const [id, text] of Object.entries(texts)) expect(textOf(this.#message(id))).toBe(text);
    for (const [id, status] of Object.entries(statuses)) expect(this.#message(id).status).toBe(status);
    for (const [id, length] of Object.entries(lengths)) expect([...textOf(this.#message(id))]).toHaveLength(length);
    for (const [id, sources] of Object.entries(recalled)) {
      const run = Object.values(this.live.runs).find(({ message }) => message === id);
      expect(run?.recalled.map(({ message }) => message)).toEqual(sources);
    }
    if (shown) {
      const branches = Object.values(this.live.loaded).map((thread) => shownBranch(thread).map(({ id }) => id));
      expect(branches).toContainEqual(shown);
    }
    expect(this.live.positions).toMatchObject(positions);
    if (gaps) expect(this.live.gaps).toEqual(gaps);
  }
}

describe("golden transcripts", () => {
  for (const name of readdirSync(GOLDEN).filter((file) => file.endsWith(".jsonl"))) {
    const lines = readFileSync(join(GOLDEN, name), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);

    test(`${name}: ${lines[0]?.note}`, () => {
      const replay = new Replay();
      for (const line of lines) replay.step(line);
    });
  }
});
