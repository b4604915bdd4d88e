/** The items of memory that an agent was shown: their texts as they are now, why, the way to each in memory, and forgetting it. */
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Button, Spinner } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { ForgetItem } from "@/memory/forgetting/ForgetItem";
import { KIND_NAMES } from "@/memory/words";
import { type KnownItem, refusalOf } from "@/wire";
import { useLook } from "@/wire/impersonation";
import { type ItemHistory, useItem } from "@/wire/memory";
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
  const [isForgotten, setForgotten] = useState(false);
  const refusal = error ? refusalOf(error) : undefined;
  const isGone = isForgotten || refusal?.code === "unknown_item"; // it may go with another one
  return (
    <li className="flex flex-col gap-1">
      <p className="font-medium text-ink">
        {known.why.hint ? <Trans>Brought up unasked</Trans> : t(KIND_NAMES[known.kind])}
      </p>
      {isGone && (
        <p role="status" className="text-muted italic">
          <Trans>This is not remembered any more.</Trans>
        </p>
      )}
      {status === "loading" && <Spinner className="size-5 text-muted" />}
      {refusal && !isGone && <p className="text-muted italic">{problemText(refusal)}</p>}
      {data && !isGone && (
        <>
          <p className="line-clamp-4 whitespace-pre-line wrap-anywhere">{data.item.text}</p>
          <p className="text-muted">
            <Why why={known.why} />
          </p>
          <Ways history={data} onForgotten={() => setForgotten(true)} />
        </>
      )}
    </li>
  );
}

function Ways({ history: { item, versions }, onForgotten }: { history: ItemHistory; onForgotten: () => void }) {
  const { look } = useLook();
  const [isForgetting, setForgetting] = useState(false);
  if (isForgetting) {
    return (
      <ForgetItem
        item={item}
        versions={versions.length}
        onForgotten={onForgotten}
        onCancel={() => setForgetting(false)}
      />
    );
  }
  return (
    <div className="flex flex-wrap items-center gap-x-3">
      <Link
        to="/memory"
        search={{ item: item.id }}
        className="font-medium text-link underline-offset-3 hover:underline"
      >
        <Trans>Show it in memory</Trans>
      </Link>
      {!look && (
        <Button size="sm" variant="quiet" onPress={() => setForgetting(true)}>
          <Trans>Forget</Trans>
        </Button>
      )}
    </div>
  );
}
