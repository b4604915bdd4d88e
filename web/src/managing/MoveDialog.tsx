// Into which folder a conversation goes: one that there is, a new one, or none.
import { Trans, useLingui } from "@lingui/react/macro";
import { type FormEvent, useState } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";
import { Button, CheckIcon, CloseIcon, Dialog, InlineNotice, TextField } from "@/design";
import { FolderIcon } from "@/design/parts/thread_icons";
import { type Thread, useFolders } from "@/wire";
import { changeThread, createFolder } from "@/wire/managing";
import { useAttempt } from "./use_attempt";

const NONE = "none";
const LONGEST = 200; // contracts/session/managing.py

export function MoveDialog({ thread, onClose }: { thread: Thread; onClose: () => void }) {
  const { t } = useLingui();
  const folders = useFolders() ?? [];
  const here = folders.find(({ id }) => id === thread.folder);
  const { problem, isPending, attempt } = useAttempt(onClose);
  const [name, setName] = useState("");
  const move = (folder: string | null) => attempt(() => changeThread(thread.id, { folder }));
  const moveIntoNew = (event: FormEvent) => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === "") return;
    // A folder of that name that was made a moment ago, before the move failed, is the one that is meant.
    const known = folders.find((folder) => folder.name === wanted);
    void attempt(async () => changeThread(thread.id, { folder: (known ?? (await createFolder(wanted))).id }));
  };
  return (
    <Dialog title={t`Move to a folder`} isOpen onOpenChange={onClose}>
      <p className="-mt-3 truncate text-muted">{thread.title}</p>
      {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
      {folders.length > 0 && (
        <ListBox
          aria-label={t`Folders`}
          autoFocus
          onAction={(key) => void move(key === NONE ? null : String(key))}
          className="-mx-2 max-h-64 overflow-y-auto outline-none"
        >
          {folders.map(({ id, name: folder }) => (
            <Choice key={id} id={id} name={folder} isChosen={id === here?.id} />
          ))}
          {here && <Choice id={NONE} name={t`No folder`} isChosen={false} />}
        </ListBox>
      )}
      <form onSubmit={moveIntoNew} className="flex items-end gap-2">
        <TextField
          label={t`New folder`}
          value={name}
          onChange={setName}
          maxLength={LONGEST}
          autoFocus={folders.length === 0}
          className="min-w-0 flex-1"
        />
        <Button type="submit" isPending={isPending} isDisabled={name.trim() === ""} className="h-11">
          <Trans>Create</Trans>
        </Button>
      </form>
      <Button variant="quiet" onPress={onClose}>
        <Trans>Cancel</Trans>
      </Button>
    </Dialog>
  );
}

function Choice({ id, name, isChosen }: { id: string; name: string; isChosen: boolean }) {
  const { t } = useLingui();
  const Icon = id === NONE ? CloseIcon : FolderIcon;
  return (
    <ListBoxItem
      id={id}
      textValue={name}
      aria-label={isChosen ? t`${name}, it is there now` : name}
      className="flex cursor-default items-center gap-3 rounded-lg px-3 py-2.5 outline-none data-focused:bg-hover data-hovered:bg-hover data-focus-visible:outline-2 data-focus-visible:outline-focus"
    >
      <Icon className="size-5 text-muted" />
      <span className="min-w-0 flex-1 truncate">{name}</span>
      {isChosen && <CheckIcon className="size-4 text-muted" />}
    </ListBoxItem>
  );
}
