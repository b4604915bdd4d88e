// When the search opens, and when it must not.
import { act, fireEvent, renderHook } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { useLogin } from "@/wire/login";
import { GRANT } from "@/wire/scripted_account";
import { useSearch } from "./use_search";

const be = (status: "signed-in" | "locked") => act(() => useLogin.setState({ status, me: GRANT }));

test.each([{ ctrlKey: true }, { metaKey: true }])("%o and K open it, and the browser does nothing else", (held) => {
  be("signed-in");
  const onOpen = vi.fn();
  const { result } = renderHook(() => useSearch(onOpen));

  expect(fireEvent.keyDown(document.body, { key: "k", ...held })).toBe(false);

  expect(result.current.isOpen).toBe(true);
  expect(onOpen).toHaveBeenCalledTimes(1);
  act(() => result.current.close());
  expect(result.current.isOpen).toBe(false);
});

test.each([{}, { ctrlKey: true, shiftKey: true }, { metaKey: true, altKey: true }])("%o and K do not", (held) => {
  be("signed-in");
  const { result } = renderHook(() => useSearch(vi.fn()));

  fireEvent.keyDown(document.body, { key: "k", ...held });

  expect(result.current.isOpen).toBe(false);
});

test("over a locked page it does not open, and what was open is closed for good", () => {
  be("signed-in");
  const { result } = renderHook(() => useSearch(vi.fn()));
  act(() => result.current.open());

  be("locked");
  expect(result.current.isOpen).toBe(false);
  fireEvent.keyDown(document.body, { key: "k", ctrlKey: true });
  expect(result.current.isOpen).toBe(false);
  be("signed-in");
  expect(result.current.isOpen).toBe(false);
});
