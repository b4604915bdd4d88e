// The strength of the password being typed, as a bar and as words.
import { plural } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { passwordStrength } from "./password_strength";

const COLOURS = ["bg-faint", "bg-warning", "bg-success", "bg-success"];

export function PasswordStrength({ password, shortest }: { password: string; shortest: number }) {
  const { t } = useLingui();
  if (password === "") return null;
  const strength = passwordStrength(password, shortest);
  const missing = shortest - [...password].length;
  const words = [
    t`${plural(missing, { one: "# more character", other: "# more characters" })}`,
    t`Long enough, but repetitive`,
    t`Good`,
    t`Strong`,
  ][strength];
  const filled = strength === 0 ? (100 * (shortest - missing)) / shortest / 3 : (100 * strength) / 3;
  return (
    <div className="flex items-center gap-3 text-muted text-sm">
      <div aria-hidden="true" className="h-1 flex-1 overflow-hidden rounded-full bg-pressed">
        <div
          className={`h-full rounded-full transition-all duration-300 ${COLOURS[strength]}`}
          style={{ width: `${filled}%` }}
        />
      </div>
      <span aria-live="polite">{words}</span>
    </div>
  );
}
