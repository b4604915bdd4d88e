// Screens that start-up leaves out bring their texts along.
import { wantTexts } from "@/i18n/language";

/** Wraps what loads such a screen: it stands when its texts of these catalogues are there too. */
export const withTextsOf =
  (...extras: Parameters<typeof wantTexts>) =>
  <T>(load: () => Promise<T>) =>
  async (): Promise<T> =>
    (await Promise.all([load(), wantTexts(...extras)]))[0];
