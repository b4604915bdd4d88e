// The field for codes: what goes off by itself, and what is told when a code is refused.
import { screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderPart } from "@/render_for_test";
import { Problem } from "@/wire/problems";
import { CodeForm } from "./CodeForm";

const accepting = () => vi.fn<(code: string) => Promise<void>>(async () => undefined);
const rejected = () => new Problem("code_rejected", "wrong", 401);

test("six digits go off by themselves, once, also pasted with a space", async () => {
  const onCode = accepting();
  const user = renderPart(<CodeForm onCode={onCode} submitLabel="Go" />);
  const field = screen.getByLabelText("Six-digit code");
  expect(field).toHaveFocus();
  expect(field).toHaveAttribute("inputmode", "numeric");
  expect(field).toHaveAttribute("autocomplete", "one-time-code");

  await user.paste("123 456");

  expect(onCode.mock.calls).toEqual([["123456"]]);
});

test("letters are left out, and too few digits are not sent", async () => {
  const onCode = accepting();
  const user = renderPart(<CodeForm onCode={onCode} submitLabel="Go" />);

  await user.type(screen.getByLabelText("Six-digit code"), "12ab3");
  await user.click(screen.getByRole("button", { name: "Go" }));

  expect(onCode).not.toHaveBeenCalled();
  expect(screen.getByText("Enter all six digits.")).toBeVisible();
  expect(screen.getByLabelText("Six-digit code")).toHaveValue("123");
  expect(screen.getByLabelText("Six-digit code")).toHaveFocus();
});

test("a refused code is told at the field, selected to be typed over", async () => {
  const onCode = accepting();
  onCode.mockRejectedValueOnce(rejected());
  const user = renderPart(<CodeForm onCode={onCode} submitLabel="Go" />);

  await user.keyboard("111111");

  expect(await screen.findByText("This code is wrong, or was used before.")).toBeVisible();
  const field = screen.getByLabelText<HTMLInputElement>("Six-digit code");
  expect(field).toHaveFocus();
  expect([field.selectionStart, field.selectionEnd]).toEqual([0, 6]);
  await user.keyboard("222222");
  expect(onCode).toHaveBeenLastCalledWith("222222");
});

test("a recovery code is typed as it is and waits for the button", async () => {
  const onCode = accepting();
  const user = renderPart(<CodeForm onCode={onCode} submitLabel="Go" />);

  await user.click(screen.getByRole("button", { name: "Use a recovery code instead" }));
  expect(screen.getByLabelText("Recovery code")).toHaveFocus();
  await user.keyboard("A-abcd-2345-efgh-6789");
  expect(onCode).not.toHaveBeenCalled();
  await user.keyboard("{Enter}");

  expect(onCode.mock.calls).toEqual([["A-abcd-2345-efgh-6789"]]);
});
