// Another text for an item, in its place; whoever was faster elsewhere is shown, and what was written here is kept.
import { Trans, useLingui } from "@lingui/react/macro";
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { Button, InlineNotice } from "@/design";
import { TextAreaField } from "@/design/parts/TextArea";
import { useProblemText } from "@/i18n/problem_text";
import { countCodePoints, refusalOf } from "@/wire";
import { type Item, newerThan, readItem, useMemoryActs } from "@/wire/memory";
import { TEXT_MAX } from "../words";
import type { Draft } from "./OpenItem";

type RewriteProps = {
  item: Item;
  draft: Draft;
  onSaved: (saved: Item) => void;
  /** With the newest version's id, where it has another one. */
  onLate: (text: string, newest: string | undefined) => void;
  onCancel: () => void;
};

export function Rewrite({ item, draft, onSaved, onLate, onCancel }: RewriteProps) {
  const { t, i18n } = useLingui();
  const problemText = useProblemText();
  const { rewrite } = useMemoryActs();
  const [text, setText] = useState(draft.text);
  const [problem, setProblem] = useState<string>();
  const [isPending, setPending] = useState(false);
  const most = i18n.number(TEXT_MAX);
  const isTooLong = countCodePoints(text.trim()) > TEXT_MAX;

  const save = async () => {
    if (text.trim() === "") return setProblem(t`Write something, or forget it instead.`);
    if (text.trim() === item.text) return onCancel();
    if (isTooLong || isPending) return undefined;
    setProblem(undefined);
    setPending(true);
    try {
      onSaved(await rewrite(item.id, text.trim()));
    } catch (thrown) {
      const refusal = refusalOf(thrown);
      setPending(false);
      if (refusal.code !== "item_superseded") return setProblem(problemText(refusal));
      const now = await readItem(item.id).catch(() => undefined);
      onLate(text, now && newerThan(now.item, now.links)?.item);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation(); // the window stays
      onCancel();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void save();
    }
  };
  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void save();
      }}
    >
      {draft.isLate && (
        <InlineNotice tone="warning">
          <p>
            <Trans>It was changed elsewhere meanwhile, and reads now:</Trans>
          </p>
          <p className="mt-1 whitespace-pre-line font-medium wrap-anywhere">{item.text}</p>
          <p className="mt-1">
            <Trans>What you wrote still stands below. Saving it replaces that.</Trans>
          </p>
        </InlineNotice>
      )}
      {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
      <TextAreaField
        label={t`New text`}
        autoFocus
        value={text}
        onChange={setText}
        onKeyDown={onKeyDown}
        error={isTooLong ? t`At most ${most} characters.` : undefined}
        hint={t`The former text stays below, as a former version; agents are shown the new one.`}
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" size="sm" isPending={isPending}>
          <Trans>Save</Trans>
        </Button>
        <Button variant="quiet" size="sm" onPress={onCancel}>
          <Trans>Cancel</Trans>
        </Button>
      </div>
    </form>
  );
}
