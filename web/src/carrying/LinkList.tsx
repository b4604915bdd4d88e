// Links that lead somewhere, and what can be done about each.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Button, notify } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { refusalOf } from "@/wire";
import { type Share, useShareActs } from "@/wire/carrying";

/** `withTitles` where they are of several conversations. */
export function LinkList({ shares, withTitles = false }: { shares: Share[]; withTitles?: boolean }) {
  const { t } = useLingui();
  return (
    <ul aria-label={t`Links`} className="flex flex-col divide-y divide-line rounded-xl border border-line bg-surface">
      {shares.map((share) => (
        <Link key={share.id} share={share} withTitle={withTitles} />
      ))}
    </ul>
  );
}

function Link({ share, withTitle }: { share: Share; withTitle: boolean }) {
  const { t, i18n } = useLingui();
  const { update, revoke } = useShareActs();
  const problemText = useProblemText();
  const [busy, setBusy] = useState<"update" | "revoke">();
  const act = async (name: "update" | "revoke", work: (share: string) => Promise<void>) => {
    setBusy(name);
    try {
      await work(share.id);
    } catch (thrown) {
      notify({ title: t`That did not work`, detail: problemText(refusalOf(thrown)), tone: "danger" });
    } finally {
      setBusy(undefined);
    }
  };
  const made = i18n.date(new Date(share.created_at), { dateStyle: "medium", timeStyle: "short" });
  const shown = i18n.date(new Date(share.shown_at), { dateStyle: "medium", timeStyle: "short" });
  const end = share.expires_at === null ? undefined : i18n.date(new Date(share.expires_at), { dateStyle: "medium" });
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-40 flex-1">
        {withTitle && <p className="truncate font-medium">{share.title}</p>}
        <p className={withTitle ? "text-muted text-sm" : ""}>
          <Trans>Made on {made}</Trans>
        </p>
        <p className="text-muted text-sm">
          {share.shown_at !== share.created_at && <Trans>Shows what was said until {shown}. </Trans>}
          {end === undefined ? <Trans>Good until you revoke it.</Trans> : <Trans>Good until {end}.</Trans>}
        </p>
      </div>
      <div className="flex gap-2">
        <Button size="sm" isPending={busy === "update"} onPress={() => void act("update", update)}>
          <Trans>Update</Trans>
        </Button>
        <Button size="sm" variant="danger" isPending={busy === "revoke"} onPress={() => void act("revoke", revoke)}>
          <Trans>Revoke</Trans>
        </Button>
      </div>
    </li>
  );
}
