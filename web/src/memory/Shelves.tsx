// Looking at what is remembered: words to search for, else one shelf of it, as far as one scrolls.
import { useLingui } from "@lingui/react/macro";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import { Asked } from "@/app/Asked";
import { CloseIcon, IconButton, MemoryIcon, SearchIcon, Spinner } from "@/design";
import { Nothing } from "@/settings/Nothing";
import { More } from "@/threads/ListEnds";
import { type Shelf, useFound, useItems, useMemoryState, useTurns } from "@/wire/memory";
import type { Pages } from "@/wire/pages";
import { Cards } from "./Cards";
import { ItemCard } from "./ItemCard";
import { type MemorySearch, SHELVES } from "./memory_search";
import { TurnCard } from "./TurnCard";
import { WhatWasFound } from "./WhatWasFound";
import { ABOUT_MAX, SHELF_EMPTY, SHELF_NAMES } from "./words";

const LIST = "memory-list";

export const focusList = (): void => document.getElementById(LIST)?.focus();

export function Shelves() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { show = "all" } = useSearch({ strict: false }) as MemorySearch;
  const [words, setWords] = useState("");
  const found = useFound(words, show);
  const isSearching = words.trim() !== "";
  return (
    <section id={LIST} tabIndex={-1} aria-label={t`What is kept`} className="flex flex-col gap-4 outline-none">
      <div className="flex h-11 items-center gap-3 rounded-lg border border-line-strong bg-surface pr-1.5 pl-3.5 shadow-low focus-within:border-focus focus-within:ring-3 focus-within:ring-focus/18">
        <SearchIcon className="size-5 text-muted" />
        <input
          type="search"
          aria-label={t`Search what is remembered`}
          placeholder={t`Search by words or by what is meant`}
          autoComplete="off"
          spellCheck={false}
          maxLength={ABOUT_MAX}
          value={words}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={(event) => event.key === "Escape" && setWords("")}
          className="h-full min-w-0 flex-1 bg-transparent text-base text-ink outline-none placeholder:text-muted [&::-webkit-search-cancel-button]:hidden"
        />
        {isSearching && (found.isBehind || found.status === "loading") && <Spinner className="size-5 text-muted" />}
        {words !== "" && (
          <IconButton size="sm" label={t`Clear the search`} onPress={() => setWords("")}>
            <CloseIcon className="size-4" />
          </IconButton>
        )}
      </div>
      <Filter
        shelf={show}
        onChange={(shelf) =>
          void navigate({ to: "/memory", search: shelf === "all" ? {} : { show: shelf }, replace: true })
        }
      />
      {isSearching ? (
        <WhatWasFound words={words.trim()} found={found} />
      ) : show === "said" ? (
        <Said />
      ) : (
        <Kept key={show} shelf={show} />
      )}
    </section>
  );
}

function Filter({ shelf, onChange }: { shelf: Shelf; onChange: (shelf: Shelf) => void }) {
  const { t, i18n } = useLingui();
  const state = useMemoryState().data;
  const countOf = (each: Shelf): number | undefined => {
    if (state === undefined || each === "all" || each === "archived") return undefined;
    return each === "said" ? state.turns : (state.items[each] ?? 0);
  };
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const chosen = row.current?.querySelector<HTMLElement>("[data-selected]");
    if (row.current && chosen) row.current.scrollLeft = chosen.offsetLeft - 16;
  }, []);
  return (
    <RadioGroup value={shelf} onChange={(next) => onChange(next as Shelf)} orientation="horizontal">
      <Label className="sr-only">{t`Show`}</Label>
      <div ref={row} className="relative -mx-4 flex gap-1.5 overflow-x-auto px-4 py-1 sm:mx-0 sm:flex-wrap sm:px-0">
        {SHELVES.map((each) => {
          const count = countOf(each);
          return (
            <Radio
              key={each}
              value={each}
              className="relative flex h-8 shrink-0 cursor-default items-center gap-1.5 whitespace-nowrap rounded-full border border-line bg-surface px-3 text-muted text-sm transition-colors duration-150 hover:bg-hover hover:text-ink data-focus-visible:outline-2 data-focus-visible:outline-focus data-focus-visible:outline-offset-1 data-selected:border-accent data-selected:bg-accent data-selected:font-medium data-selected:text-on-accent"
            >
              {i18n._(SHELF_NAMES[each])}{" "}
              {count !== undefined && <span className="text-xs tabular-nums">{i18n.number(count)}</span>}
            </Radio>
          );
        })}
      </div>
    </RadioGroup>
  );
}

function Kept({ shelf }: { shelf: Exclude<Shelf, "said"> }) {
  const pages = useItems(shelf);
  return (
    <Listed shelf={shelf} pages={pages}>
      {(items) => items.map((item) => <ItemCard key={item.id} item={item} />)}
    </Listed>
  );
}

function Said() {
  const pages = useTurns();
  return (
    <Listed shelf="said" pages={pages}>
      {(turns) => turns.map((turn) => <TurnCard key={turn.message} turn={turn} />)}
    </Listed>
  );
}

type ListedProps<T> = { shelf: Shelf; pages: Pages<T>; children: (all: T[]) => ReactNode };

function Listed<T>({ shelf, pages, children }: ListedProps<T>) {
  const { i18n } = useLingui();
  return (
    <Asked question={pages}>
      {(all) =>
        all.length === 0 ? (
          <Nothing icon={<MemoryIcon className="size-5" />}>{i18n._(SHELF_EMPTY[shelf])}</Nothing>
        ) : (
          <div>
            <Cards label={i18n._(SHELF_NAMES[shelf])}>{children(all)}</Cards>
            {pages.hasMore && (
              <More onMore={async () => void (pages.isLoadingMore || pages.more())} count={all.length} />
            )}
          </div>
        )
      }
    </Asked>
  );
}
