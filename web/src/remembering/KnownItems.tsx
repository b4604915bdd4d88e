/** The items of memory that an agent was shown: their texts as they are now, why, and the way to each in memory. */
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Spinner } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { KIND_NAMES } from "@/memory/words";
import { type KnownItem, refusalOf } from "@/wire";
import { useItem } from "@/wire/memory";
import { Why } from "./Why";

export function KnownItems({ known }: { known: readonly KnownItem[] }) {
  const { t } = useLingui();
  return (
    <ul aria-label={t`What is known of you`} className="flex flex-col gap-3">
      {known.map((item) => (
        <Known key={item.item} known={item} />
      ))}
    </ul>
  );
}

function Known({ known }: { known: KnownItem }) {
  const { t } = useLingui();
  const problemText = useProblemText();
  const { status, data, error } = useItem(known.item);
  const refusal = error ? refusalOf(error) : undefined;
  return (
    <li className="flex flex-col gap-1">
      <p className="font-medium text-ink">
        {known.why.hint ? <Trans>Brought up unasked</Trans> : t(KIND_NAMES[known.kind])}
      </p>
      {status === "loading" && <Spinner className="size-5 text-muted" />}
      {refusal && <p className="text-muted italic">{problemText(refusal)}</p>}
      {data && (
        <>
          <p className="line-clamp-4 whitespace-pre-line wrap-anywhere">{data.item.text}</p>
          <p className="text-muted">
            <Why why={known.why} />
          </p>
          <Link
            to="/memory"
            search={{ item: known.item }}
            className="self-start font-medium text-link underline-offset-3 hover:underline"
          >
            <Trans>Show it in memory</Trans>
          </Link>
        </>
      )}
    </li>
  );
}
