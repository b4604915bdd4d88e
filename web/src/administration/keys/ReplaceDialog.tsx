// The question before keys are replaced: in time, which nobody notices, or at once.
import { Trans, useLingui } from "@lingui/react/macro";
import { notify } from "@/design";
import { useAdministrationActs } from "@/wire/administration";
import { ConfirmDialog } from "../ConfirmDialog";

type ReplaceDialogProps = { areStolen?: boolean; onClose: () => void };

export function ReplaceDialog({ areStolen = false, onClose }: ReplaceDialogProps) {
  const { t } = useLingui();
  const { rotateKeys } = useAdministrationActs();
  return (
    <ConfirmDialog
      title={areStolen ? t`Replace every key at once?` : t`Replace the key?`}
      label={areStolen ? t`Replace at once` : t`Replace now`}
      isDangerous={areStolen}
      act={() => rotateKeys(areStolen)}
      onDone={() => notify({ title: areStolen ? t`Every key was replaced` : t`The next key is published` })}
      onClose={onClose}
    >
      <p className="text-muted">
        {areStolen ? (
          <Trans>
            Everything that the keys signed is refused within a second, here and in every part of the server. People
            stay signed in: their browsers get a new pass by themselves, and answers that are being written go on.
          </Trans>
        ) : (
          <Trans>
            The next key is published now and signs as soon as every part of the server knows it. Nobody notices
            anything.
          </Trans>
        )}
      </p>
    </ConfirmDialog>
  );
}
