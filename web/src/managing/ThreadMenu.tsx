// What can be done with a conversation of the list.
import { Trans, useLingui } from "@lingui/react/macro";
import { ArrowDownIcon, Menu, MenuItem, type MenuProps } from "@/design";
import {
  ArchiveIcon,
  ArrowUpIcon,
  ClockIcon,
  DeleteIcon,
  FolderIcon,
  PinIcon,
  RenameIcon,
} from "@/design/parts/thread_icons";
import { type Thread, useThreads } from "@/wire";
import type { Next } from "./ManageMenu";
import { useThreadActs } from "./use_thread_acts";

type ThreadMenuProps = {
  thread: Thread;
  isOpen: boolean;
  beside: NonNullable<MenuProps["beside"]>;
  next: Next;
  leaving: (work: () => Promise<boolean>) => Promise<void>;
};

export function ThreadMenu({ thread, isOpen, beside, next, leaving }: ThreadMenuProps) {
  const { t } = useLingui();
  const acts = useThreadActs();
  const pinned = useThreads()
    .threads.filter(({ pin_order }) => pin_order !== null)
    .map(({ id }) => id);
  const place = pinned.indexOf(thread.id);
  const moved = (by: 1 | -1) => {
    const others = pinned.filter((id) => id !== thread.id);
    return leaving(() => acts.orderPins(others.toSpliced(place + by, 0, thread.id)));
  };
  const doing: Record<string, () => unknown> = {
    rename: () => {
      next.close();
      next.rename(thread.id);
    },
    pin: () => leaving(() => acts.change(thread, { pinned: place < 0 })),
    up: () => moved(-1),
    down: () => moved(1),
    move: () => next.step("move"),
    keep: () => next.step("keep"),
    archive: () => leaving(() => acts.archive(thread, isOpen)),
    delete: () => leaving(() => acts.remove(thread, isOpen)),
  };
  return (
    <Menu
      aria-label={t`Actions for ${thread.title}`}
      beside={beside}
      autoFocus="first"
      onAction={(key) => void doing[key]?.()}
    >
      <MenuItem id="rename" textValue={t`Rename`} icon={<RenameIcon />}>
        <Trans>Rename</Trans>
      </MenuItem>
      <MenuItem id="pin" textValue={place < 0 ? t`Pin` : t`Unpin`} icon={<PinIcon />}>
        {place < 0 ? <Trans>Pin</Trans> : <Trans>Unpin</Trans>}
      </MenuItem>
      {place > 0 && (
        <MenuItem id="up" textValue={t`Move up`} icon={<ArrowUpIcon />}>
          <Trans>Move up</Trans>
        </MenuItem>
      )}
      {place >= 0 && place < pinned.length - 1 && (
        <MenuItem id="down" textValue={t`Move down`} icon={<ArrowDownIcon />}>
          <Trans>Move down</Trans>
        </MenuItem>
      )}
      <MenuItem id="move" textValue={t`Move to a folder…`} icon={<FolderIcon />}>
        <Trans>Move to a folder…</Trans>
      </MenuItem>
      <MenuItem id="keep" textValue={t`Keep for…`} icon={<ClockIcon />}>
        <Trans>Keep for…</Trans>
      </MenuItem>
      <MenuItem id="archive" textValue={t`Archive`} icon={<ArchiveIcon />}>
        <Trans>Archive</Trans>
      </MenuItem>
      <MenuItem id="delete" textValue={t`Delete`} icon={<DeleteIcon className="size-[1.25em] text-danger" />}>
        <span className="text-danger">
          <Trans>Delete</Trans>
        </span>
      </MenuItem>
    </Menu>
  );
}
