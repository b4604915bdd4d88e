// The item that the address names, in a window over the list: what is known of it, and what can be done.
import { useLingui } from "@lingui/react/macro";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { Asked } from "@/app/Asked";
import { Dialog, notify } from "@/design";
import { type Item, newerThan, useItem } from "@/wire/memory";
import type { MemorySearch } from "../memory_search";
import { focusList } from "../Shelves";
import { KIND_NAMES } from "../words";
import { ItemActs } from "./ItemActs";
import { ItemText } from "./ItemText";
import { Known } from "./Known";
import { Rewrite } from "./Rewrite";
import { Sources } from "./Sources";
import { Together } from "./Together";
import { UsedIn } from "./UsedIn";
import { Versions } from "./Versions";

export function OpenItem() {
  const { item } = useSearch({ strict: false }) as MemorySearch;
  return item === undefined ? null : <ItemWindow id={item} />;
}

/** What somebody has begun to write instead; `isLate`: the item got another text meanwhile. */
export type Draft = { text: string; isLate: boolean };

function ItemWindow({ id }: { id: string }) {
  const { t, i18n } = useLingui();
  const navigate = useNavigate();
  const history = useItem(id);
  const [draft, setDraft] = useState<Draft>();
  const show = (item: string | undefined) =>
    navigate({
      to: "/memory",
      search: (before: MemorySearch) => ({ ...before, item }),
      replace: true,
      resetScroll: false,
    });
  const close = () => void show(undefined);
  const title = history.data ? i18n._(KIND_NAMES[history.data.item.kind]) : t`Remembered`;
  return (
    <Dialog title={title} isOpen onOpenChange={(isOpen) => isOpen || close()} isWide closeLabel={t`Close`}>
      <Asked question={history}>
        {({ item, versions, links, used_in }) => (
          <>
            {draft === undefined ? (
              <ItemText item={item} newer={newerThan(item, links)} />
            ) : (
              <Rewrite
                item={item}
                draft={draft}
                onSaved={(saved: Item) => {
                  setDraft(undefined);
                  void show(saved.id);
                }}
                onLate={(text: string, newest: string | undefined) => {
                  setDraft({ text, isLate: true });
                  if (newest === undefined) history.ask();
                  else void show(newest);
                }}
                onCancel={() => setDraft(undefined)}
              />
            )}
            {draft === undefined && (
              <ItemActs
                item={item}
                versions={versions.length}
                onChange={() => setDraft({ text: item.text, isLate: false })}
                onForgotten={() => {
                  close();
                  notify({ title: t`Forgotten for good` });
                  setTimeout(focusList); // what opened the window is gone
                }}
              />
            )}
            <Known item={item} />
            <Sources item={item} />
            <UsedIn uses={used_in} />
            <Together links={links.filter((link) => !versions.some(({ id }) => id === link.item))} />
            <Versions versions={versions} />
          </>
        )}
      </Asked>
    </Dialog>
  );
}
