// Asks before an account elsewhere signs one in no more.
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Dialog } from "@/design";

type UnlinkDialogProps = { label: string; onUnlink: () => void; onClose: () => void };

export function UnlinkDialog({ label, onUnlink, onClose }: UnlinkDialogProps) {
  const { t } = useLingui();
  return (
    <Dialog title={t`Unlink ${label}?`} isOpen onOpenChange={onClose}>
      <p className="text-muted">
        <Trans>It will no longer sign you in, and other sessions that it opened end.</Trans>
      </p>
      <div className="flex flex-col gap-2">
        <Button variant="danger" onPress={onUnlink}>
          <Trans>Unlink</Trans>
        </Button>
        <Button variant="quiet" autoFocus onPress={onClose}>
          <Trans>Cancel</Trans>
        </Button>
      </div>
    </Dialog>
  );
}
