// The field for the eight digits of a letter.
import { Trans, useLingui } from "@lingui/react/macro";
import { type FormEvent, useState } from "react";
import { Button, TextField } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { refusalOf, type SecondFactorNeeded } from "@/wire";
import { enterWithMailedCode } from "@/wire/login";

const DIGITS = 8;
const inHalves = (text: string) => {
  const digits = text.replaceAll(/\D/g, "").slice(0, DIGITS);
  return digits.length > DIGITS / 2 ? `${digits.slice(0, DIGITS / 2)} ${digits.slice(DIGITS / 2)}` : digits;
};

type MailedCodeFormProps = {
  /** What the letter's link brought, if it was opened. */
  code: string;
  onSecondFactor: (needed: SecondFactorNeeded) => void;
};

export function MailedCodeForm({ code, onSecondFactor }: MailedCodeFormProps) {
  const { t } = useLingui();
  const problemText = useProblemText();
  const [typed, setTyped] = useState(() => inHalves(code));
  const [error, setError] = useState<string>();
  const [isPending, setPending] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const digits = typed.replaceAll(" ", "");
    if (digits.length !== DIGITS) return setError(t`Enter all eight digits.`);
    setPending(true);
    setError(undefined);
    try {
      const needed = await enterWithMailedCode(digits);
      if (needed) onSecondFactor(needed);
    } catch (thrown) {
      const refusal = refusalOf(thrown);
      const isWrong = refusal.code === "code_rejected";
      setError(isWrong ? t`This code is wrong, too old, or of another browser.` : problemText(refusal));
      setPending(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-5">
      <TextField
        label={t`Eight-digit code`}
        value={typed}
        onChange={(text) => setTyped(inHalves(text))}
        inputMode="numeric"
        autoComplete="one-time-code"
        spellCheck="false"
        isReadOnly={isPending}
        error={error}
        autoFocus
      />
      <Button type="submit" variant="primary" size="lg" isPending={isPending} className="w-full">
        <Trans>Sign in</Trans>
      </Button>
    </form>
  );
}
