/** A line of the list that has a menu: by its button, by Shift+F10 or the menu key, and renamed in place. */
import { useLingui } from "@lingui/react/macro";
import { type KeyboardEvent, lazy, type ReactNode, Suspense, useEffect, useRef } from "react";
import { withTextsOf } from "@/app/with_texts";
import { MoreIcon } from "@/design";
import { type Thing, useManaging } from "./managing";

const RenameField = lazy(withTextsOf("later")(() => import("@/managing/RenameField")));

interface RowProps {
  id: string;
  name: string;
  thing: Thing;
  children: ReactNode;
}

export function Row({ id, name, thing, children }: RowProps) {
  const { t } = useLingui();
  const { renaming, rename, manage } = useManaging();
  const row = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const isRenaming = renaming === id;
  const wasRenaming = useRef(isRenaming);
  useEffect(() => {
    // The field that had the focus is gone: the line has it again.
    if (wasRenaming.current && !isRenaming && document.activeElement === document.body) {
      row.current?.querySelector<HTMLElement>("[data-thread-id]")?.focus();
    }
    wasRenaming.current = isRenaming;
  }, [isRenaming]);
  const open = () => button.current && manage?.({ thing, anchor: button.current });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "ContextMenu" && !(event.key === "F10" && event.shiftKey)) return;
    event.preventDefault();
    open();
  };
  if (isRenaming) {
    return (
      <Suspense fallback={<div className="row">{children}</div>}>
        <RenameField thing={thing} name={name} onEnd={() => rename(undefined)} />
      </Suspense>
    );
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a second way to what the button inside does
    <div ref={row} className="row" onKeyDown={onKeyDown}>
      {children}
      {manage && (
        <button
          ref={button}
          type="button"
          aria-haspopup="menu"
          aria-label={t`Actions for ${name}`}
          onClick={open}
          className="row-more"
        >
          <MoreIcon />
        </button>
      )}
    </div>
  );
}
