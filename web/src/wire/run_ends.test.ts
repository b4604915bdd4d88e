// Runs that end are told once, whatever else happens.
import { beforeEach, expect, test, vi } from "vitest";
import { NOTHING } from "./live/state";
import { useLive } from "./live/store";
import { queries } from "./questions";
import { onRunEnded } from "./run_ends";
import type { ShownRun, Thread } from "./types";

const run = (id: string, state: ShownRun["state"], outcome: ShownRun["outcome"] = null) =>
  ({ id, thread: "t1", message: "m", agent: "neo", state, outcome, since: Date.now() - 5_000 }) as ShownRun;
const know = (...runs: ShownRun[]) =>
  useLive.setState(({ live }) => ({
    live: { ...live, runs: { ...live.runs, ...Object.fromEntries(runs.map((each) => [each.id, each])) } },
  }));

beforeEach(() => useLive.setState({ live: { ...NOTHING, threads: { t1: { id: "t1", title: "Birds" } as Thread } } }));

test("a run that ends is told with its conversation, once", () => {
  const told = vi.fn();
  const stop = onRunEnded(told);
  know(run("r1", "running"));
  know(run("r1", "ended", "done"));
  know(run("r2", "running"));
  know(run("r1", "ended", "done"));

  expect(told.mock.calls).toEqual([[expect.objectContaining({ id: "r1", outcome: "done" }), "Birds"]]);
  stop();
  know(run("r2", "ended", "done"));
  expect(told).toHaveBeenCalledTimes(1);
});

test("a run that is told again from its beginning to its end is not told", () => {
  const told = vi.fn();
  onRunEnded(told);
  know({ ...run("r1", "running"), since: Date.now() });
  know(run("r1", "ended", "done"));

  expect(told).not.toHaveBeenCalled();
});

test("what was over when it was first heard of, or is in a deleted conversation, is not told", () => {
  const told = vi.fn();
  onRunEnded(told);
  know(run("r1", "ended", "done"));
  know(run("r2", "running"));
  useLive.setState(({ live }) => ({ live: { ...live, deleted: { t1: null } } }));
  know(run("r2", "ended", "stopped"));

  expect(told).not.toHaveBeenCalled();
});

test("after a reload it is called as the list has it, before any frame has told of it", () => {
  useLive.setState({ live: NOTHING });
  queries.setQueryData(["threads", {}], { pages: [{ threads: [{ id: "t1", title: "Herons" }] }], pageParams: [] });
  queries.setQueryData(["threads", "folders"], []);
  const told = vi.fn();
  const stop = onRunEnded(told);

  know(run("r1", "running"));
  know(run("r1", "ended", "done"));

  expect(told).toHaveBeenCalledWith(expect.objectContaining({ id: "r1" }), "Herons");
  stop();
  queries.clear();
});
