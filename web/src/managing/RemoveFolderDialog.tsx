// Asks before a folder goes; what is in it stays.
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Dialog, InlineNotice } from "@/design";
import type { Folder } from "@/wire";
import { removeFolder } from "@/wire/managing";
import { useAttempt } from "./use_attempt";

export function RemoveFolderDialog({ folder, onClose }: { folder: Folder; onClose: () => void }) {
  const { t } = useLingui();
  const { problem, isPending, attempt } = useAttempt(onClose);
  return (
    <Dialog title={t`Delete the folder “${folder.name}”?`} isOpen onOpenChange={onClose}>
      {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
      <p className="text-muted">
        <Trans>Its conversations stay: they are in the list again, outside any folder.</Trans>
      </p>
      <div className="flex flex-col gap-2">
        <Button variant="danger" isPending={isPending} onPress={() => void attempt(() => removeFolder(folder.id))}>
          <Trans>Delete the folder</Trans>
        </Button>
        <Button variant="quiet" autoFocus onPress={onClose}>
          <Trans>Cancel</Trans>
        </Button>
      </div>
    </Dialog>
  );
}
