// What every test needs: DOM assertions, a real IndexedDB in memory, English as the language.
import "@testing-library/jest-dom/vitest";
import "fake-indexeddb/auto";
import { i18n } from "@lingui/core";
import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";
import { keepAddress } from "./by_mail/typed_address";
import { ENTRY_PROBLEM_TEXTS } from "./i18n/entry_problem_text";
import { knowProblems } from "./i18n/problem_text";

i18n.loadAndActivate({ locale: "en", messages: {} });
knowProblems(ENTRY_PROBLEM_TEXTS); // as with the screens that are tested here
afterEach(() => {
  cleanup();
  keepAddress("");
});
