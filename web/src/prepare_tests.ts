// What every test needs: DOM assertions, a real IndexedDB in memory, English as the language.
import "@testing-library/jest-dom/vitest";
import "fake-indexeddb/auto";
import { i18n } from "@lingui/core";
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";
import { keepAddress } from "./by_mail/typed_address";
import * as entry from "./i18n/entry_problem_text";
import { knowProblems } from "./i18n/problem_text";
import * as threads from "./i18n/thread_problem_text";

i18n.loadAndActivate({ locale: "en", messages: {} });
for (const { PROBLEM_TEXTS_TO_ADD } of [entry, threads]) knowProblems(PROBLEM_TEXTS_TO_ADD); // as with the screens that are tested here
configure({ asyncUtilTimeout: 5_000 }); // machines that run tests are busy with other things
afterEach(() => {
  cleanup();
  keepAddress("");
});
