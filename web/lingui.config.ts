// Four catalogues: two for start-up, so that screens and the conversation can be worked on side by side, and two that it leaves out.
import { formatter } from "@lingui/format-po";

const CONVERSATION = ["src/conversation/**", "src/threads/**"];
/** What leads to a session, and what the settings take from there; `problem_text` in two parts for the same reason. */
const ENTRY = [
  "src/{by_mail,joining,second_factor,setup,sign_in,sign_in_providers}/**",
  "src/models/{ProviderForm.tsx,missing.ts,provider_rules.ts,rejection.ts}",
  "src/app/LockedOverlay.tsx",
  "src/i18n/entry_problem_text.ts",
];
const LATER = [
  "src/{settings,administration,audit,carrying,managing,memory,remembering,versions}/**",
  "src/i18n/thread_problem_text.ts",
];
const FOLDER = process.env.LINGUI_FOLDER ?? "src/i18n/locales"; // the check extracts into a copy

export default {
  sourceLocale: "en",
  locales: ["en", "fr"],
  format: formatter({ lineNumbers: false, origins: false }),
  catalogs: [
    { path: `${FOLDER}/{locale}/conversation`, include: CONVERSATION },
    { path: `${FOLDER}/{locale}/entry`, include: ENTRY },
    { path: `${FOLDER}/{locale}/later`, include: LATER },
    { path: `${FOLDER}/{locale}/app`, include: ["src"], exclude: [...CONVERSATION, ...ENTRY, ...LATER] },
  ],
};
