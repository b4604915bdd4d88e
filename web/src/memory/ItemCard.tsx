// One item of a list: its words, what it is, where it is from; it opens at a press and can be pinned from here.
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Badge, IconButton, notify } from "@/design";
import { PinIcon } from "@/design/parts/thread_icons";
import { useProblemText } from "@/i18n/problem_text";
import { refusalOf } from "@/wire";
import { type Item, useMemoryActs } from "@/wire/memory";
import { LastUse, Origin } from "./Origin";
import { KIND_NAMES, LOW_CONFIDENCE } from "./words";

export function ItemCard({ item }: { item: Item }) {
  const { i18n } = useLingui();
  const kind = i18n._(KIND_NAMES[item.kind]);
  return (
    <li className="relative flex items-start gap-2 py-3.5 pr-2 pl-4 hover:bg-hover has-[a:focus-visible]:bg-hover">
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <Link
          to="/memory"
          search={(before) => ({ ...before, item: item.id })}
          resetScroll={false}
          lang={item.language || undefined}
          className="line-clamp-4 whitespace-pre-line wrap-anywhere after:absolute after:inset-0 focus-visible:outline-offset-4"
        >
          {item.text}
        </Link>
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-muted text-sm">
          <Badge>{kind}</Badge>
          {item.confidence < LOW_CONFIDENCE && (
            <Badge tone="warning">
              <Trans>Not certain</Trans>
            </Badge>
          )}
          <span>
            <Origin item={item} />
          </span>
          <span aria-hidden="true" className="max-sm:hidden">
            ·
          </span>
          <span>
            <LastUse item={item} />
          </span>
        </p>
      </div>
      <PinButton item={item} />
    </li>
  );
}

function PinButton({ item }: { item: Item }) {
  const { t } = useLingui();
  const problemText = useProblemText();
  const { pin } = useMemoryActs();
  const [isPending, setPending] = useState(false);
  const toggle = async () => {
    setPending(true);
    try {
      await pin(item.id, !item.pinned);
    } catch (thrown) {
      notify({ title: t`It could not be changed`, detail: problemText(refusalOf(thrown)), tone: "danger" });
    } finally {
      setPending(false);
    }
  };
  return (
    <IconButton
      size="sm"
      label={item.pinned ? t`Unpin` : t`Pin: agents are always shown it`}
      aria-pressed={item.pinned}
      isPending={isPending}
      onPress={() => void toggle()}
      className={`z-1 ${item.pinned ? "text-ink!" : ""}`}
    >
      <PinIcon className={`size-4.5 ${item.pinned ? "fill-current" : ""}`} />
    </IconButton>
  );
}
