// Whatever the server writes into the audit log is said in the reader's language.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { renderHook } from "@testing-library/react";
import { createElement, type ReactNode } from "react";
import { expect, test } from "vitest";
import { DEED_TEXTS, EVENT_TEXTS, REASON_TEXTS, useEventDetail, useEventText } from "./event_text";

const AUTH = join(import.meta.dirname, "../../../src/emergence/auth");
const TYPE = /"((?:account|session|factor|token|admin|policy)\.[a-z0-9_]+)"/g;
const REASON = /\b(?:Ending\(|(?<!Refused\(.*)reason=|REASON = (?:"[a-z_.]+", )?|ENDED = )"([a-z_]+)"/g; // not what a refusal says

const sources = readdirSync(AUTH, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".py"))
  .map((name) => readFileSync(join(AUTH, name), "utf8"));
const found = (form: RegExp) =>
  new Set(sources.flatMap((source) => [...source.matchAll(form)].map(([, name = ""]) => name)));
const wrapper = ({ children }: { children: ReactNode }) => createElement(I18nProvider, { i18n }, children);

test("every type of event has words", () => {
  const types = found(TYPE);

  expect([...types].filter((type) => EVENT_TEXTS[type] === undefined)).toEqual([]);
  expect(types).toContain("admin.impersonation_started");
});

test("every reason for which a session ends has words", () => {
  const reasons = found(REASON);

  expect([...reasons].filter((reason) => (DEED_TEXTS[reason] ?? REASON_TEXTS[reason]) === undefined)).toEqual([]);
  expect(reasons).toContain("refresh_token_reused");
  expect(reasons).toContain("password_reset");
});

test("a failure sounds like one; types and reasons of a newer server are shown as they are", () => {
  const textOf = renderHook(useEventText, { wrapper }).result.current;
  const detailOf = renderHook(useEventDetail, { wrapper }).result.current;
  const event = { type: "session.revoked", outcome: "success", data: {} };

  expect(textOf({ ...event, type: "session.login" })).toBe("Signed in");
  expect(textOf({ ...event, type: "session.login", outcome: "failure" })).toBe("Sign-in failed");
  expect(textOf({ ...event, type: "session.stepped_up" })).toBe("Identity confirmed again");
  expect(textOf({ ...event, type: "account.frozen", outcome: "failure" })).toBe("account.frozen");
  expect(textOf({ ...event, data: { reason: "inactivity" } })).toBe("Session ended");
  expect(detailOf({ ...event, data: { reason: "inactivity" } })).toBe("inactive for too long");
  expect(detailOf({ ...event, data: { reason: "struck_by_lightning" } })).toBe("struck_by_lightning");
  expect(detailOf({ ...event, type: "admin.role_changed", data: { role: "guest" } })).toBe("new role: guest");
  expect(detailOf(event)).toBeUndefined();
});

test.each(["admin.impersonation_started", "admin.export_requested"])(
  "the reason of %s is somebody's own words, also where they are words of ours",
  (type) => {
    const detailOf = renderHook(useEventDetail, { wrapper }).result.current;

    expect(detailOf({ type, outcome: "success", data: { reason: "inactivity" } })).toBe("inactivity");
  },
);

test.each([
  ["stepped_up", "Identity confirmed again"],
  ["logged_out", "Signed out"],
])("a session that ends because somebody did something (%s) is told as that", (reason, deed) => {
  const textOf = renderHook(useEventText, { wrapper }).result.current;
  const detailOf = renderHook(useEventDetail, { wrapper }).result.current;
  const event = { type: "session.revoked", outcome: "success", data: { reason } };

  expect(textOf(event)).toBe(deed);
  expect(detailOf(event)).toBeUndefined();
});
