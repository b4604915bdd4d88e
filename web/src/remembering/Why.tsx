/** Why a turn was remembered, in one sentence. */
import { Trans, useLingui } from "@lingui/react/macro";
import type { RecalledItem } from "@/wire";

export function Why({ why }: { why: RecalledItem["why"] }) {
  const { t, i18n } = useLingui();
  const list = (words: string[]) =>
    new Intl.ListFormat(i18n.locale, { type: "conjunction" }).format(words.map((word) => t`“${word}”`));
  const words = list(why.words);
  const dates = list(why.dates);
  if (why.words.length > 0 && why.dates.length > 0) {
    return (
      <Trans>
        It has {words} of the question and is from {dates}.
      </Trans>
    );
  }
  if (why.words.length > 0) return <Trans>It has {words} of the question.</Trans>;
  if (why.dates.length > 0) return <Trans>It is from {dates}, which the question asks about.</Trans>;
  if (why.meaning && !why.beside) return <Trans>It means much the same as the question.</Trans>;
  return <Trans>It was said right beside what fits the question.</Trans>;
}
