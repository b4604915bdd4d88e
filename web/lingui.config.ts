// Two catalogues, so that screens and the conversation can be worked on side by side.
import { formatter } from "@lingui/format-po";

const CONVERSATION = ["src/conversation/**", "src/threads/**"];

export default {
  sourceLocale: "en",
  locales: ["en", "fr"],
  format: formatter({ lineNumbers: false, origins: false }),
  catalogs: [
    { path: "src/i18n/locales/{locale}/conversation", include: CONVERSATION },
    { path: "src/i18n/locales/{locale}/app", include: ["src"], exclude: CONVERSATION },
  ],
};
