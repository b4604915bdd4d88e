// One field for a code: six digits of an authenticator, which go off by themselves, or a recovery code.
import { Trans, useLingui } from "@lingui/react/macro";
import { type FormEvent, useRef, useState } from "react";
import { Button, TextField } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { refusalOf } from "@/wire";
import { DIGITS, digitsOf } from "./code_text";

export type CodeFormProps = {
  /** Try the code; what it throws is told at the field. */
  onCode: (code: string) => Promise<void>;
  submitLabel: string;
  /** A danger when what it does cannot be taken back easily. */
  isDangerous?: boolean;
  /** Somebody whose second factor is a passkey may have no authenticator app. */
  hasAuthenticator?: boolean;
  /** Before a second factor counts there are no recovery codes. */
  hasRecoveryCodes?: boolean;
  hint?: string;
};

export function CodeForm(props: CodeFormProps) {
  const { onCode, submitLabel, isDangerous = false, hasAuthenticator = true, hasRecoveryCodes = true, hint } = props;
  const { t } = useLingui();
  const [isRecovery, setRecovery] = useState(!hasAuthenticator);
  const attempt = useAttempt(onCode, isRecovery);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void attempt.send(attempt.code);
  };
  const change = (text: string) => {
    const next = isRecovery ? text : digitsOf(text);
    attempt.setCode(next);
    if (!isRecovery && next.length === DIGITS && next !== attempt.code) void attempt.send(next);
  };
  const switchKind = () => {
    attempt.setCode("");
    setRecovery(!isRecovery);
  };

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-5">
      {/* Another field for each kind: the keyboard of a phone, and where focus goes, follow. */}
      <TextField
        key={isRecovery ? "recovery" : "digits"}
        label={isRecovery ? t`Recovery code` : t`Six-digit code`}
        hint={
          isRecovery ? t`One of the ten that you kept. Each works once.` : (hint ?? t`From your authenticator app.`)
        }
        value={attempt.code}
        onChange={change}
        inputMode={isRecovery ? "text" : "numeric"}
        autoComplete={isRecovery ? "off" : "one-time-code"}
        spellCheck="false"
        isReadOnly={attempt.isPending}
        error={attempt.error}
        inputRef={attempt.field}
        autoFocus
      />
      <div className="flex flex-col gap-2">
        <Button
          type="submit"
          variant={isDangerous ? "danger" : "primary"}
          size="lg"
          isPending={attempt.isPending}
          className="w-full"
        >
          {submitLabel}
        </Button>
        {hasAuthenticator && hasRecoveryCodes && (
          <Button variant="quiet" onPress={switchKind} isDisabled={attempt.isPending}>
            {isRecovery ? <Trans>Use the authenticator app instead</Trans> : <Trans>Use a recovery code instead</Trans>}
          </Button>
        )}
      </div>
    </form>
  );
}

/** What is typed, whether it is on its way, and what became of it. */
function useAttempt(onCode: CodeFormProps["onCode"], isRecovery: boolean) {
  const { t } = useLingui();
  const problemText = useProblemText();
  const field = useRef<HTMLInputElement>(null);
  const [code, setCode] = useState("");
  const [error, setError] = useState<string>();
  const [isPending, setPending] = useState(false);

  const send = async (tried: string) => {
    if (isPending) return;
    const isWhole = isRecovery ? tried.trim() !== "" : tried.length === DIGITS;
    if (!isWhole) {
      setError(isRecovery ? t`Enter a recovery code.` : t`Enter all six digits.`);
      field.current?.focus();
      return;
    }
    setError(undefined);
    setPending(true);
    try {
      await onCode(tried.trim());
    } catch (thrown) {
      setError(problemText(refusalOf(thrown)));
      field.current?.focus();
      field.current?.select();
    } finally {
      setPending(false);
    }
  };
  const type = (next: string) => {
    setCode(next);
    setError(undefined);
  };
  return { code, setCode: type, error, isPending, send, field };
}
