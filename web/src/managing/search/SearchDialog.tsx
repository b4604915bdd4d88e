// Search over everything that was said: words, what they were found in, and the way to the very message.
import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { Button, CloseIcon, Dialog, IconButton, InlineNotice, SearchIcon, Spinner } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { More } from "@/threads/ListEnds";
import { refusalOf, type SearchHit } from "@/wire";
import { type Found, useSearch } from "@/wire/search";
import { HitView } from "./HitView";
import { placeAfter } from "./place_after";

const LONGEST = 400; // contracts/session/managing.py

export default function SearchDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const listId = useId();
  const [words, setWords] = useState("");
  const found = useSearch(words);
  const hits = words.trim() === "" ? [] : (found.data ?? []);
  const [place, setPlace] = useState(0);
  const optionId = (index: number) => `${listId}-${index}`;
  useEffect(() => {
    document.getElementById(`${listId}-${place}`)?.scrollIntoView({ block: "nearest" });
  }, [listId, place]);

  const open = ({ thread, message }: SearchHit) => {
    onClose();
    const address = { to: "/t/$threadId" as const, params: { threadId: thread.id } };
    void navigate(message === null ? address : { ...address, hash: message });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const next = placeAfter(event.key, place, hits.length);
    const hit = hits[place];
    if (event.key === "Enter") {
      event.preventDefault(); // where the focus goes back to, it would be a line break
      if (hit && !found.isBehind) open(hit);
    }
    if (next === undefined) return;
    event.preventDefault();
    setPlace(next);
    if (next === hits.length - 1 && found.hasMore) found.more();
  };
  return (
    <Dialog title={t`Search`} isOpen onOpenChange={onClose} isWide>
      <div className="flex h-12 items-center gap-3 rounded-lg border border-line-strong bg-surface px-3.5 focus-within:border-focus focus-within:ring-3 focus-within:ring-focus/18">
        <SearchIcon className="size-5 text-muted" />
        <input
          role="combobox"
          aria-label={t`Search your conversations`}
          aria-expanded={hits.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={hits[place] ? optionId(place) : undefined}
          placeholder={t`Words, or a “phrase”`}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          maxLength={LONGEST}
          value={words}
          onChange={(event) => {
            setWords(event.target.value);
            setPlace(0);
          }}
          onKeyDown={onKeyDown}
          className="h-full min-w-0 flex-1 bg-transparent text-base text-ink outline-none placeholder:text-muted"
        />
        {words.trim() !== "" && (found.isBehind || found.status === "loading") && (
          <Spinner className="size-5 text-muted" />
        )}
        <IconButton size="sm" label={t`Close`} onPress={onClose} className="-mr-2">
          <CloseIcon className="size-4" />
        </IconButton>
      </div>
      <div id={listId} role="listbox" aria-label={t`What was found`} className={hits.length > 0 ? "-mx-3" : "hidden"}>
        {hits.map((hit, index) => (
          <HitView
            key={hit.message ?? hit.thread.id}
            id={optionId(index)}
            hit={hit}
            isChosen={index === place}
            onPoint={() => setPlace(index)}
            onOpen={() => open(hit)}
          />
        ))}
      </div>
      {hits.length > 0 && found.hasMore && (
        <More onMore={async () => void (found.isLoadingMore || found.more())} count={hits.length} />
      )}
      <Said words={words.trim()} found={found} count={hits.length} />
    </Dialog>
  );
}

/** What there is to say where nothing, or not yet anything, was found. */
function Said({ words, found, count }: { words: string; found: Found; count: number }) {
  const problemText = useProblemText();
  const { i18n } = useLingui();
  const number = i18n.number(count);
  if (words === "") {
    return (
      <p className="text-muted text-sm">
        <Trans>
          In any form of the words, with or without accents. “In quotation marks” for a phrase, -word for what must not
          be there, or between alternatives.
        </Trans>
      </p>
    );
  }
  if (found.status === "failed") {
    return (
      <InlineNotice tone="danger">
        <p>{problemText(refusalOf(found.error))}</p>
        <Button size="sm" className="mt-2" onPress={found.ask}>
          <Trans>Try again</Trans>
        </Button>
      </InlineNotice>
    );
  }
  if (found.isBehind || found.status === "loading") return null;
  if (count > 0) {
    return (
      <p role="status" className="sr-only">
        <Trans>Found: {number}</Trans>
      </p>
    );
  }
  return (
    <p role="status" className="py-4 text-center text-muted">
      <Trans>Nothing found for “{words}”.</Trans>
    </p>
  );
}
