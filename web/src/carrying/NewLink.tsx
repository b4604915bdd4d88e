// A link that was just made: only now can it be seen.
import { Trans, useLingui } from "@lingui/react/macro";
import { CopyButton } from "@/conversation/CopyButton";
import { InlineNotice, TextField } from "@/design";

export function NewLink({ address }: { address: string }) {
  const { t } = useLingui();
  return (
    <InlineNotice tone="success">
      <div className="flex flex-col gap-2">
        <TextField
          label={t`Your link`}
          value={address}
          isReadOnly
          autoFocus
          onFocus={(event) => event.target instanceof HTMLInputElement && event.target.select()}
          trailing={<CopyButton text={address} label={t`Copy the link`} />}
        />
        <p className="text-sm">
          <Trans>Copy it now: the server keeps no link that it could show you again.</Trans>
        </p>
      </div>
    </InlineNotice>
  );
}
