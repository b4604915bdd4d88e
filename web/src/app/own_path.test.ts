// Where signing in may lead.
import { expect, test } from "vitest";
import { isOwnPath } from "./own_path";

test.each(["/", "/settings/models", "/t/0198?x=1#y"])("%j is a path of ours", (path) => {
  expect(isOwnPath(path)).toBe(true);
  expect(new URL(path, "https://ours.example").origin).toBe("https://ours.example");
});

test.each([
  ["//evil.example"],
  ["/\\evil.example"],
  ["/\\/evil.example"],
  ["/\t/evil.example"],
  ["/\n\\evil.example"],
  ["https://evil.example"],
  ["javascript:alert(1)"],
  ["settings"],
  [""],
  [7],
  [undefined],
])("%j is not", (path) => {
  expect(isOwnPath(path)).toBe(false);
});
