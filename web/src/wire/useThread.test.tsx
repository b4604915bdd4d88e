// A conversation that could not be asked for is asked for again when the connection is back.
import { act, renderHook, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { forgetEverything, useLive } from "./live/store";
import { madeThread } from "./made_threads";
import { problem, scriptedAccount } from "./scripted_account";
import { useThread } from "./useThread";

const PAGE = "/api/threads/t1/messages";
const THERE = {
  [PAGE]: [{ body: { messages: [], next: null, seq: 0 } }],
  "/api/threads/t1": [{ body: madeThread("t1") }],
};

afterEach(() => {
  vi.unstubAllGlobals();
  forgetEverything();
});

const connection = (state: "online" | "offline") => act(() => useLive.setState({ connection: { state, since: 0 } }));

test("it opens by itself when the connection is back", async () => {
  scriptedAccount({});
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
  connection("offline");
  const { result } = renderHook(() => useThread("t1"));
  await waitFor(() => expect(result.current.status).toBe("failed"));

  scriptedAccount(THERE);
  connection("online");

  await waitFor(() => expect(result.current.status).toBe("ready"));
});

test("what the server refused is not asked for again", async () => {
  const asked = scriptedAccount({ [PAGE]: [problem(404, "unknown_thread")] });
  connection("offline");
  const { result } = renderHook(() => useThread("t1"));
  await waitFor(() => expect(result.current.problem?.code).toBe("unknown_thread"));
  const before = asked.length;

  connection("online");

  expect(result.current.status).toBe("failed");
  expect(asked.length).toBe(before);
});
