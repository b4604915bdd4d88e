// Passkeys: added, named, removed, and where they work.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Asked } from "@/app/Asked";
import { Button, Dialog, InlineNotice, KeyIcon, notify } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { PasskeysElsewhere } from "@/second_factor/PasskeysElsewhere";
import { useStepUp } from "@/second_factor/step_up";
import { type MyPasskey, refusalOf } from "@/wire";
import { passkeysHere } from "@/wire/passkeys";
import { useMyPasskeys, useSecondFactor, useSecurityActs } from "@/wire/security";
import { Nothing } from "../Nothing";
import { Section } from "../Section";
import { CodesLeft, FewCodes } from "./CodesLeft";
import { NewCodesDialog } from "./NewCodesDialog";
import { PasskeyRow } from "./PasskeyRow";
import { RecoveryCodes } from "./RecoveryCodes";
import { RemovePasskeyDialog } from "./RemovePasskeyDialog";
import { RenamePasskeyDialog } from "./RenamePasskeyDialog";
import { useDeviceName } from "./SessionRow";

type Open = { what: "rename" | "removal"; passkey: MyPasskey } | { what: "codes" };

export function PasskeysSection() {
  const { t } = useLingui();
  const passkeys = useMyPasskeys();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  return (
    <Section
      title={t`Passkeys`}
      description={t`Sign in with your fingerprint, your face or your device’s PIN: nothing to remember, nothing to steal.`}
    >
      <Asked question={passkeys}>
        {({ passkeys: kept, works_at }) => (
          <>
            {kept.length > 0 && (
              <ul
                aria-label={t`Your passkeys`}
                className="flex flex-col divide-y divide-line rounded-xl border border-line bg-surface shadow-low"
              >
                {kept.map((passkey) => (
                  <PasskeyRow
                    key={passkey.id}
                    passkey={passkey}
                    onRename={() => setOpen({ what: "rename", passkey })}
                    onRemove={() => setOpen({ what: "removal", passkey })}
                  />
                ))}
              </ul>
            )}
            <Adding names={kept.map(({ name }) => name)} worksAt={works_at} />
            {kept.length > 0 && <OwnCodes onNew={() => setOpen({ what: "codes" })} />}
            {open?.what === "removal" && (
              <RemovePasskeyDialog passkey={open.passkey} isLast={kept.length === 1} onClose={close} />
            )}
          </>
        )}
      </Asked>
      {open?.what === "rename" && <RenamePasskeyDialog passkey={open.passkey} onClose={close} />}
      {open?.what === "codes" && <NewCodesDialog onClose={close} />}
    </Section>
  );
}

function Adding({ names, worksAt }: { names: string[]; worksAt: string | null }) {
  const { t } = useLingui();
  const { addPasskey } = useSecurityActs();
  const { proved, question } = useStepUp();
  const problemText = useProblemText();
  const deviceName = useDeviceName();
  const isFirstFactor = useSecondFactor().data?.methods.length === 0;
  const [codes, setCodes] = useState<string[]>();
  const [problem, setProblem] = useState<string>();
  const [isPending, setPending] = useState(false);
  const here = passkeysHere(worksAt);
  const add = async () => {
    setProblem(undefined);
    setPending(true);
    try {
      const added = await proved(() => addPasskey(freeName(deviceName(navigator.userAgent), names)));
      if (!added) return;
      if (added.answer.recovery_codes) setCodes(added.answer.recovery_codes);
      else notify({ title: t`The passkey was added`, detail: added.answer.passkey.name });
    } catch (thrown) {
      setProblem(problemText(refusalOf(thrown)));
    } finally {
      setPending(false);
    }
  };
  if (here !== "work") return <PasskeysElsewhere here={here} />;
  return (
    <>
      {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
      {names.length === 0 && (
        <Nothing icon={<KeyIcon />}>
          <Trans>You have none yet. With one, your password alone no longer signs anybody in.</Trans>{" "}
          {isFirstFactor && <Trans>When you add it, your sessions elsewhere end.</Trans>}
        </Nothing>
      )}
      {names.length === 1 && (
        <InlineNotice>
          <Trans>Add a second one, on another device or on a security key, in case you lose the first.</Trans>
        </InlineNotice>
      )}
      <Button className="self-start" isPending={isPending} onPress={() => void add()}>
        <KeyIcon />
        {t`Add a passkey`}
      </Button>
      {question}
      {codes && (
        <Dialog title={t`Keep your recovery codes`} isOpen isAlert>
          <p className="text-muted">
            <Trans>
              Your passkey was added. From now on it, or one of these codes, is asked for after the password.
            </Trans>
          </p>
          <RecoveryCodes codes={codes} onKept={() => setCodes(undefined)} />
        </Dialog>
      )}
    </>
  );
}

/** Two passkeys of one device are told apart: "Chrome on Linux 2". */
function freeName(name: string, taken: string[]): string {
  if (!taken.includes(name)) return name;
  let number = 2;
  while (taken.includes(`${name} ${number}`)) number += 1;
  return `${name} ${number}`;
}

/** Where an authenticator app is set too, its own section tells of the codes. */
function OwnCodes({ onNew }: { onNew: () => void }) {
  const { data } = useSecondFactor();
  if (data === undefined || data.enabled) return null;
  return (
    <>
      <FewCodes left={data.recovery_codes_left} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <CodesLeft left={data.recovery_codes_left} />
        <Button size="sm" onPress={onNew}>
          <Trans>New recovery codes</Trans>
        </Button>
      </div>
    </>
  );
}
