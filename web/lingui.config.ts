// Three catalogues: two so that screens and the conversation can be worked on side by side, and one that start-up leaves out.
import { formatter } from "@lingui/format-po";

const CONVERSATION = ["src/conversation/**", "src/threads/**"];
const LATER = ["src/settings/**", "src/administration/**", "src/audit/**"];
const FOLDER = process.env.LINGUI_FOLDER ?? "src/i18n/locales"; // the check extracts into a copy

export default {
  sourceLocale: "en",
  locales: ["en", "fr"],
  format: formatter({ lineNumbers: false, origins: false }),
  catalogs: [
    { path: `${FOLDER}/{locale}/conversation`, include: CONVERSATION },
    { path: `${FOLDER}/{locale}/later`, include: LATER },
    { path: `${FOLDER}/{locale}/app`, include: ["src"], exclude: [...CONVERSATION, ...LATER] },
  ],
};
