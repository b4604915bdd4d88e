// A link that the administrator hands over, shown this once.
import { Trans, useLingui } from "@lingui/react/macro";
import { CopyButton } from "@/conversation/CopyButton";
import { InlineNotice, TextField } from "@/design";

export function HandOver({ email, link }: { email: string; link: string }) {
  const { t } = useLingui();
  const address = new URL(link, location.origin).href; // without a public address the server knows its path alone
  return (
    <InlineNotice tone="success">
      <p className="mb-3">
        <Trans>Hand this link to {email}, over a way that only they read. It is shown this once.</Trans>
      </p>
      <TextField
        label={t`Link of the invitation`}
        value={address}
        isReadOnly
        trailing={<CopyButton text={address} label={t`Copy the link`} />}
      />
    </InlineNotice>
  );
}
