// How many recovery codes are left, and a warning when they are few.
import { plural } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { InlineNotice } from "@/design";

const FEW = 3;

export function CodesLeft({ left }: { left: number }) {
  return (
    <span className="text-muted text-sm">
      {plural(left, { one: "# recovery code is left.", other: "# recovery codes are left." })}
    </span>
  );
}

export function FewCodes({ left }: { left: number }) {
  if (left > FEW) return null;
  return (
    <InlineNotice tone="warning">
      <Trans>Make new recovery codes before they run out: without one, a lost phone locks you out.</Trans>
    </InlineNotice>
  );
}
