// Whatever the server refuses is said in the reader's language.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { renderHook } from "@testing-library/react";
import { createElement, type ReactNode } from "react";
import { expect, test } from "vitest";
import { PROBLEM_TEXTS, useProblemText } from "./problem_text";

const SERVER = join(import.meta.dirname, "../../../src/emergence");
const CODE = /^ +code(?:: ClassVar\[str\] )? ?= ?"(\w+)"/gm;
const CODE_OF_REPLY = /\bcode="(\w+)"/g;

/** The codes that the Python sources declare: errors of the contracts and the kernel, and failures of models. */
function declaredCodes(): string[] {
  const folders = ["auth", "chat", "contracts", "gateway", "kernel", "memory", "session"];
  const sources = folders
    .flatMap((folder) =>
      readdirSync(join(SERVER, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
    )
    .filter((name) => name.endsWith(".py"))
    .map((name) => readFileSync(join(SERVER, name), "utf8"));
  return sources.flatMap((source) =>
    [...source.matchAll(CODE), ...source.matchAll(CODE_OF_REPLY)].map((found) => found[1] ?? ""),
  );
}

const wrapper = ({ children }: { children: ReactNode }) => createElement(I18nProvider, { i18n }, children);
const rendered = () => renderHook(useProblemText, { wrapper });

test("every code that the server can send has words of ours", () => {
  const codes = new Set(declaredCodes());

  expect([...codes].filter((code) => PROBLEM_TEXTS[code] === undefined)).toEqual([]);
  expect(codes).toContain("model_key_rejected");
  expect(codes).toContain("no_model");
  expect(codes).toContain("internal_error");
});

test("a code of a newer server is told in its own words, and none at all in ours", () => {
  const problemText = rendered().result.current;

  expect(problemText({ code: "something_new", detail: "The server's own words." })).toBe("The server's own words.");
  expect(problemText({ code: "something_new", detail: "" })).toBe("Something went wrong.");
  expect(problemText({ code: "unexpected", detail: "x is not a function" })).toBe("Something went wrong.");
});

test("the words for problems stay one function, since the acts of every message hang on it", () => {
  const { result, rerender } = rendered();
  const before = result.current;

  rerender();

  expect(result.current).toBe(before);
});
