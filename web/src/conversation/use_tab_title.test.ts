// Tabs of several conversations are told apart by their titles.
import { renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import { useTabTitle } from "./use_tab_title";

test("the tab is called as the conversation, also when that changes, and nothing of the former stays", () => {
  document.title = "Settings · Emergence";
  const { rerender } = renderHook(useTabTitle, { initialProps: "Herons" });
  expect(document.title).toBe("Herons · Emergence");

  rerender("Grey herons");
  expect(document.title).toBe("Grey herons · Emergence");

  rerender("");
  expect(document.title).toBe("Emergence");
});
