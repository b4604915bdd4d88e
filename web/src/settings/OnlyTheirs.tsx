// To an administrator who views somebody else's account, in place of what only its owner can do.
import { Trans } from "@lingui/react/macro";
import { InlineNotice } from "@/design";

export function OnlyTheirs() {
  return (
    <InlineNotice>
      <Trans>You are viewing somebody else’s account. What stands here otherwise only they can use.</Trans>
    </InlineNotice>
  );
}
