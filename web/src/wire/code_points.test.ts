// The protocol counts as Python does.
import { expect, test } from "vitest";
import { countCodePoints } from "./code_points";
import { newId } from "./ids";

test.each([
  ["", 0],
  ["abc", 3],
  ["été", 3],
  ["e\u0301", 2],
  ["😀", 1],
  ["👨‍👩‍👧", 5],
  ["🇫🇷!", 3],
])("%s has the length of Python's len()", (text, length) => {
  expect(countCodePoints(text)).toBe(length);
  expect([...text]).toHaveLength(length);
});

test("ids are random UUIDs of version 4", () => {
  const ids = new Set(Array.from({ length: 50 }, newId));

  expect(ids.size).toBe(50);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
