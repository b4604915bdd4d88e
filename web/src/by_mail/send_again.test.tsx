// The same letter once more: not before the server would send it, and with everything that was typed.
import { act, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { RegisterScreen } from "@/joining/RegisterScreen";
import { countOf, problem } from "@/wire/scripted_account";
import { ForgottenScreen } from "./ForgottenScreen";
import { MailedCodeScreen } from "./MailedCodeScreen";
import { bodyOfLast, openLetter } from "./open_letter";

const RESET = "/api/auth/request-password-reset";
const CODE = "/api/auth/magic-link";
const REGISTER = "/api/auth/register";
const accepted = (body: object = {}) => ({ status: 202, body: { expires_in: 900, ...body } });
const SOON = accepted({ retry_after_seconds: 1 });

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("another letter can be asked for after a minute, which counts down", async () => {
  const { asked, user } = openLetter(ForgottenScreen, { [RESET]: [accepted()] });
  await user.type(await screen.findByLabelText("E-mail address"), "ada@example.org");
  vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
  await user.keyboard("{Enter}");

  expect(await screen.findByRole("timer")).toHaveTextContent("1:00");
  expect(screen.queryByRole("button", { name: "Send again" })).toBeNull();
  act(() => vi.advanceTimersByTime(21_000));
  expect(screen.getByRole("timer")).toHaveTextContent("0:39");
  act(() => vi.advanceTimersByTime(39_000));
  await user.click(screen.getByRole("button", { name: "Send again" }));

  expect(await screen.findByText(/^Asked for again/)).toHaveFocus();
  expect(screen.getByRole("timer")).toHaveTextContent("1:00");
  expect(countOf(asked, RESET)).toBe(2);
  expect(bodyOfLast(asked, RESET)).toEqual({ email: "ada@example.org" });
});

test("a server that says when is believed", async () => {
  const { user } = openLetter(ForgottenScreen, { [RESET]: [accepted({ retry_after_seconds: 125 })] });

  await user.type(await screen.findByLabelText("E-mail address"), "ada@example.org{Enter}");

  expect(await screen.findByRole("timer")).toHaveTextContent(/^2:0[45]$/);
});

test("a refusal is told, and when it will be heard", async () => {
  const refused = { ...problem(429, "too_many_attempts"), headers: { "retry-after": "720" } };
  const { user } = openLetter(MailedCodeScreen, { [CODE]: [SOON, refused] });
  await user.type(await screen.findByLabelText("E-mail address"), "ada@example.org{Enter}");

  await user.click(await screen.findByRole("button", { name: "Send again" }, { timeout: 3_000 }));

  expect(await screen.findByText(/^Too many attempts/)).toBeVisible();
  expect(screen.getByRole("timer")).toHaveTextContent(/^1[12]:\d\d$/);
});

test("a code that is sent again leaves what is typed, and the address can be another", async () => {
  const { asked, user } = openLetter(MailedCodeScreen, { [CODE]: [SOON] });
  await user.type(await screen.findByLabelText("E-mail address"), "ada@example.org{Enter}");
  await user.type(await screen.findByLabelText("Eight-digit code"), "1234");
  await user.click(await screen.findByRole("button", { name: "Send again" }, { timeout: 3_000 }));
  await waitFor(() => expect(countOf(asked, CODE)).toBe(2));
  expect(screen.getByLabelText("Eight-digit code")).toHaveValue("1234");

  await user.click(screen.getByRole("button", { name: "Use another address" }));

  expect(await screen.findByLabelText("E-mail address")).toHaveValue("ada@example.org"); // to be mended, not typed again
});

test("a registration is sent again as it was typed", async () => {
  const { asked, user } = openLetter(RegisterScreen, { [REGISTER]: [SOON] });
  await user.type(await screen.findByLabelText("E-mail address"), "ada@example.org");
  await user.type(screen.getByLabelText("Your name"), "Ada");
  await user.type(screen.getByLabelText("Password"), "seven orange boats{Enter}");

  await user.click(await screen.findByRole("button", { name: "Send again" }, { timeout: 3_000 }));

  await waitFor(() => expect(countOf(asked, REGISTER)).toBe(2));
  expect(bodyOfLast(asked, REGISTER)).toMatchObject({
    email: "ada@example.org",
    display_name: "Ada",
    password: "seven orange boats",
  });
});
