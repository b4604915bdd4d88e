// What to do when keys or sessions may have been stolen.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { LIST } from "@/audit/EventRow";
import { notify } from "@/design";
import { Section } from "@/settings/Section";
import { useAdministrationActs } from "@/wire/administration";
import { ActRow } from "../ActRow";
import { ConfirmDialog } from "../ConfirmDialog";
import { ReplaceDialog } from "./ReplaceDialog";

export function Emergency() {
  const { t } = useLingui();
  const [open, setOpen] = useState<"keys" | "everybody">();
  const close = () => setOpen(undefined);
  return (
    <Section title={t`If something was stolen`} description={t`When in doubt do both: first the keys, then everybody.`}>
      <ul aria-label={t`If something was stolen`} className={LIST}>
        <ActRow
          text={t`The keys may be known to somebody`}
          hint={t`Whoever has one can pass for anybody. New keys, at this moment; people stay signed in.`}
          label={t`Replace at once`}
          isDangerous
          onPress={() => setOpen("keys")}
        />
        <ActRow
          text={t`Sessions may be used by somebody else`}
          hint={t`All of them end, yours too: everybody signs in again.`}
          label={t`Sign everybody out`}
          isDangerous
          onPress={() => setOpen("everybody")}
        />
      </ul>
      {open === "keys" && <ReplaceDialog areStolen onClose={close} />}
      {open === "everybody" && <EverybodyDialog onClose={close} />}
    </Section>
  );
}

function EverybodyDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const { endEverybodysSessions } = useAdministrationActs();
  const end = async () => {
    const ended = await endEverybodysSessions();
    notify({ title: plural(ended, { one: "# session was ended", other: "# sessions were ended" }) });
  };
  return (
    <ConfirmDialog title={t`Sign everybody out?`} label={t`Sign everybody out`} isDangerous act={end} onClose={onClose}>
      <p className="text-muted">
        <Trans>
          Every session ends at once, on every device, yours on this page too. Everybody signs in again with what they
          have; what is being written stays on their devices.
        </Trans>
      </p>
    </ConfirmDialog>
  );
}
