// One passkey: what it is called, since when it is there, when it was used, and whether something is wrong with it.
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, InlineNotice, KeyIcon } from "@/design";
import { timeAgo } from "@/i18n/relative_time";
import type { MyPasskey } from "@/wire";

type PasskeyRowProps = { passkey: MyPasskey; onRename: () => void; onRemove: () => void };

export function PasskeyRow({ passkey, onRename, onRemove }: PasskeyRowProps) {
  const { t, i18n } = useLingui();
  const { name, is_backed_up, counter_back_at } = passkey;
  const added = i18n.date(new Date(passkey.created_at), { dateStyle: "long" });
  const used = useLastUsed(passkey);
  const since = counter_back_at && i18n.date(new Date(counter_back_at), { dateStyle: "long" });
  return (
    <li className="flex flex-col gap-3 p-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
        <span className="grid size-10 shrink-0 place-items-center rounded-lg bg-hover text-muted">
          <KeyIcon />
        </span>
        <div className="flex min-w-40 flex-1 flex-col gap-0.5">
          <span className="flex flex-wrap items-center gap-x-2 font-medium wrap-anywhere">
            {name}
            <span className="rounded-full bg-hover px-2 py-0.5 font-medium text-muted text-xs">
              {is_backed_up ? <Trans>On all your devices</Trans> : <Trans>On one device</Trans>}
            </span>
          </span>
          <span className="text-muted text-sm">
            {t`Added on ${added}`} · {used}
          </span>
        </div>
        <div className="flex gap-2">
          <Button size="sm" aria-label={t`Rename the passkey: ${name}`} onPress={onRename}>
            <Trans>Rename</Trans>
          </Button>
          <Button size="sm" variant="quiet" aria-label={t`Remove the passkey: ${name}`} onPress={onRemove}>
            <Trans>Remove</Trans>
          </Button>
        </div>
      </div>
      {since && (
        <InlineNotice tone="warning">
          <Trans>It may have been copied: on {since} it counted fewer uses than before. Remove it.</Trans>
        </InlineNotice>
      )}
    </li>
  );
}

function useLastUsed({ last_used_at }: MyPasskey): string {
  const { t, i18n } = useLingui();
  if (last_used_at === null) return t`Never used`;
  const ago = timeAgo(new Date(last_used_at), new Date(), i18n.locale);
  return ago === undefined ? t`Used a moment ago` : t`Last used ${ago}`;
}
