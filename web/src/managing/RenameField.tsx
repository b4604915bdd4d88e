// A name in the list, being changed in place: Enter keeps it, Escape drops it.
import { useLingui } from "@lingui/react/macro";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { notify } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import type { Thing } from "@/threads/managing";
import { refusalOf } from "@/wire";
import { changeThread, renameFolder } from "@/wire/managing";

const LONGEST = 200; // contracts/session/managing.py

type RenameFieldProps = { thing: Thing; name: string; onEnd: () => void };

export default function RenameField({ thing, name, onEnd }: RenameFieldProps) {
  const { t } = useLingui();
  const problemText = useProblemText();
  const [text, setText] = useState(name);
  const field = useRef<HTMLInputElement>(null);
  const isOver = useRef(false);
  const id = thing.kind === "thread" ? thing.thread.id : thing.folder.id;
  useEffect(() => {
    // After the menu has closed, which gives the focus back to where it was.
    const timer = setTimeout(() => field.current?.select(), 0);
    return () => clearTimeout(timer);
  }, []);

  const keep = async (hasFocus: boolean) => {
    const wanted = text.trim();
    if (isOver.current) return;
    isOver.current = true;
    try {
      if (wanted !== "" && wanted !== name) {
        await (thing.kind === "thread" ? changeThread(id, { title: wanted }) : renameFolder(id, wanted));
      }
      onEnd();
    } catch (thrown) {
      notify({ title: t`The name was not changed`, detail: problemText(refusalOf(thrown)), tone: "danger" });
      isOver.current = false;
      if (hasFocus) field.current?.focus();
      else onEnd();
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation(); // arrows, Home and End are the field's own here
    if (event.nativeEvent.isComposing) return;
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    if (event.key === "Enter") return void keep(true);
    isOver.current = true;
    onEnd();
  };
  return (
    <input
      ref={field}
      aria-label={t`New name`}
      value={text}
      maxLength={LONGEST}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={onKeyDown}
      onBlur={() => void keep(false)}
      className="h-9 w-full rounded-lg border border-focus bg-surface px-2.5 text-base text-ink outline-none ring-3 ring-focus/18"
    />
  );
}
