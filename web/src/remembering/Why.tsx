/** Why something was remembered, in one sentence. */
import { Trans, useLingui } from "@lingui/react/macro";
import type { RecallReason } from "@/wire";

export function Why({ why }: { why: RecallReason }) {
  const { t, i18n } = useLingui();
  const list = (words: string[]) =>
    new Intl.ListFormat(i18n.locale, { type: "conjunction" }).format(words.map((word) => t`“${word}”`));
  const words = list(why.words);
  const dates = list(why.dates);
  if (why.hint === "upcoming") return <Trans>It is about to happen; nobody asked for it.</Trans>;
  if (why.hint === "related")
    return <Trans>It is about {words}, who or what was spoken of; nobody asked for it.</Trans>;
  if (why.always === "pinned") return <Trans>It is pinned, and shown with every answer.</Trans>;
  if (why.always === "identity") return <Trans>It says who you are, and is shown with every answer.</Trans>;
  if (why.always) return <Trans>It is what you want, and shown with every answer.</Trans>;
  if (why.words.length > 0 && why.dates.length > 0) {
    return (
      <Trans>
        It has {words} of the question and is from {dates}.
      </Trans>
    );
  }
  if (why.timeline && why.words.length === 0) return <Trans>It is from the time that was asked for.</Trans>;
  if (why.words.length > 0) return <Trans>It has {words} of the question.</Trans>;
  if (why.dates.length > 0) return <Trans>It is from {dates}, which the question asks about.</Trans>;
  if (why.meaning && !why.beside) return <Trans>It means much the same as the question.</Trans>;
  return <Trans>It was said right beside what fits the question.</Trans>;
}
