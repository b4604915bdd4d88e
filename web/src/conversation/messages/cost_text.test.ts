/** Money: small amounts keep their meaning, unknown is not nothing. */
import { expect, test } from "vitest";
import { costText } from "./cost_text";

test.each([
  ["0.00042", "$0.00042"],
  ["0.0012345", "$0.0012"],
  ["0.25", "$0.25"],
  ["0.0425", "$0.0425"],
  ["12.5", "$12.50"],
  ["0", "$0.00"],
])("%s dollars are written %s", (cost, written) => {
  expect(costText(cost, "en")).toBe(written);
});

test("an unknown cost has no text", () => {
  expect(costText(null, "en")).toBeNull();
});
