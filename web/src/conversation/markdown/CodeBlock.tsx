/** A block of code: its language, a way to copy it from the first line on, colours when they are ready. */
import { useLingui } from "@lingui/react/macro";
import { CopyButton } from "../CopyButton";
import { useHighlight } from "./highlight";

interface CodeBlockProps {
  code: string;
  language: string;
  /** Still being written: the text may grow. */
  open: boolean;
}

export function CodeBlock({ code, language, open }: CodeBlockProps) {
  const { t } = useLingui();
  const spans = useHighlight(language, code);
  return (
    <figure className="code-block" data-open={open || undefined}>
      <figcaption>
        <span>{language === "" ? t`Text` : language}</span>
        <CopyButton text={code} label={t`Copy code`} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <pre tabIndex={0} dir="ltr">
        <code>
          {spans.map(([kind, text], index) =>
            kind === "" ? (
              text
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: a run has no identity but its place
              <span key={index} className={kind}>
                {text}
              </span>
            ),
          )}
        </code>
      </pre>
    </figure>
  );
}
