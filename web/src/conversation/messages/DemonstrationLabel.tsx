/** Says that the built-in demonstration model answered, what to expect of it, and the way to a better one. */
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

interface DemonstrationLabelProps {
  /** The whole sentence, or only its name where it was already said. */
  whole: boolean;
}

export function DemonstrationLabel({ whole }: DemonstrationLabelProps) {
  if (!whole) {
    return (
      <p className="text-muted text-xs">
        <Trans>Demonstration model</Trans>
      </p>
    );
  }
  return (
    <p className="text-muted text-sm">
      <Trans>Small demonstration model: it answers in simple English and makes mistakes.</Trans>{" "}
      <Link to="/settings/models" className="font-medium text-link underline-offset-3 hover:underline">
        <Trans>Use a better model</Trans>
      </Link>
    </p>
  );
}
