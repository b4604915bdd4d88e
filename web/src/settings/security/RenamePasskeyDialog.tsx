// Another name for a passkey, so that its owner knows which is which.
import { Trans, useLingui } from "@lingui/react/macro";
import { type FormEvent, useState } from "react";
import { Button, Dialog, TextField } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { type MyPasskey, refusalOf } from "@/wire";
import { useSecurityActs } from "@/wire/security";

const LONGEST = 60;

export function RenamePasskeyDialog({ passkey, onClose }: { passkey: MyPasskey; onClose: () => void }) {
  const { t } = useLingui();
  const { renamePasskey } = useSecurityActs();
  const problemText = useProblemText();
  const [name, setName] = useState(passkey.name);
  const [error, setError] = useState<string>();
  const [isPending, setPending] = useState(false);
  const rename = async (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return setError(t`Enter a name.`);
    setPending(true);
    try {
      await renamePasskey(passkey.id, name.trim());
      onClose();
    } catch (thrown) {
      setError(problemText(refusalOf(thrown)));
      setPending(false);
    }
  };
  return (
    <Dialog title={t`Rename the passkey`} isOpen onOpenChange={onClose}>
      <form onSubmit={(event) => void rename(event)} noValidate className="flex flex-col gap-5">
        <TextField
          label={t`Name`}
          hint={t`Such as the device that it is on.`}
          value={name}
          onChange={setName}
          maxLength={LONGEST}
          error={error}
          autoFocus
        />
        <div className="flex flex-col gap-2">
          <Button type="submit" variant="primary" isPending={isPending}>
            <Trans>Rename</Trans>
          </Button>
          <Button variant="quiet" onPress={onClose}>
            <Trans>Cancel</Trans>
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
