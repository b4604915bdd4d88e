// What can be done with a folder of the list.
import { Trans, useLingui } from "@lingui/react/macro";
import { Menu, MenuItem, type MenuProps } from "@/design";
import { DeleteIcon, RenameIcon } from "@/design/parts/thread_icons";
import type { Folder } from "@/wire";
import type { Next } from "./ManageMenu";

type FolderMenuProps = { folder: Folder; beside: NonNullable<MenuProps["beside"]>; next: Next };

export function FolderMenu({ folder, beside, next }: FolderMenuProps) {
  const { t } = useLingui();
  const doing: Record<string, () => void> = {
    rename: () => {
      next.close();
      next.rename(folder.id);
    },
    remove: () => next.step("remove"),
  };
  return (
    <Menu
      aria-label={t`Actions for ${folder.name}`}
      beside={beside}
      autoFocus="first"
      onAction={(key) => doing[key]?.()}
    >
      <MenuItem id="rename" textValue={t`Rename`} icon={<RenameIcon />}>
        <Trans>Rename</Trans>
      </MenuItem>
      <MenuItem
        id="remove"
        textValue={t`Delete the folder…`}
        icon={<DeleteIcon className="size-[1.25em] text-danger" />}
      >
        <span className="text-danger">
          <Trans>Delete the folder…</Trans>
        </span>
      </MenuItem>
    </Menu>
  );
}
