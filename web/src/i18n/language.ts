// The language on screen: chosen here, remembered on this device, loaded on demand.
import { i18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import type { Language } from "@/wire/types";
import { knowProblems } from "./problem_text";

const REMEMBERED = "emergence.language"; // also read by public/before_paint.js
export const LANGUAGES = [
  { id: "en", label: "English" },
  { id: "fr", label: "Français" },
] as const satisfies readonly { id: Language; label: string }[];

const isLanguage = (value: unknown): value is Language => value === "en" || value === "fr";

/** The remembered language, else the browser's first one that exists here, else English. */
export function preferredLanguage(): Language {
  const remembered = localStorage.getItem(REMEMBERED);
  if (isLanguage(remembered)) return remembered;
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? "en";
}

/** How the reader's own region writes dates and numbers in `language`: British days come before British months. */
const regionsOf = (language: Language) => navigator.languages.filter((tag) => tag.startsWith(`${language}-`));

/** Texts that start-up leaves out: of the ways to a session, and of the settings and the administration. */
type Extra = "entry" | "later";

const EXTRAS = {
  en: { entry: () => import("./locales/en/entry.po"), later: () => import("./locales/en/later.po") },
  fr: { entry: () => import("./locales/fr/entry.po"), later: () => import("./locales/fr/later.po") },
};

/** What those screens are refused, in words of the same catalogue: without it a reader would see their ids. */
const PROBLEMS = { entry: () => import("./entry_problem_text"), later: () => import("./thread_problem_text") };

const wanted = new Set<Extra>();

async function loadExtras(language: Language): Promise<void> {
  const loaded = await Promise.all([...wanted].map((extra) => EXTRAS[language][extra]()));
  for (const { messages } of loaded) i18n.load(language, messages);
}

/** Fetch these texts too, in every language that is shown from now on, and the words for what those screens are refused. */
export async function wantTexts(...extras: Extra[]): Promise<void> {
  for (const extra of extras) wanted.add(extra);
  const problems = extras.map((extra) => PROBLEMS[extra]());
  await loadExtras(i18n.locale === "fr" ? "fr" : "en");
  for (const { PROBLEM_TEXTS_TO_ADD } of await Promise.all(problems)) knowProblems(PROBLEM_TEXTS_TO_ADD);
}

/** Load the texts of `language`, show them, and say so to assistive technology. */
export async function showLanguage(language: Language): Promise<void> {
  const [app, conversation] =
    language === "fr"
      ? await Promise.all([import("./locales/fr/app.po"), import("./locales/fr/conversation.po")])
      : await Promise.all([import("./locales/en/app.po"), import("./locales/en/conversation.po")]);
  i18n.load(language, { ...app.messages, ...conversation.messages });
  await loadExtras(language);
  i18n.activate(language, [...regionsOf(language), language]);
  document.documentElement.lang = language;
}

/** Show and remember `language`. */
export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(REMEMBERED, language);
  await showLanguage(language);
}

/** The language on screen; a component that calls this renders again when it changes. */
export function useLanguage(): Language {
  const { i18n: current } = useLingui();
  return isLanguage(current.locale) ? current.locale : "en";
}
