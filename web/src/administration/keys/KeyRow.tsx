// One key: what it does, and since when.
import { useLingui } from "@lingui/react/macro";
import { Badge } from "@/design";
import type { AdministeredKey } from "@/wire";

export function KeyRow({ signingKey }: { signingKey: AdministeredKey }) {
  const { t, i18n } = useLingui();
  const moment = (at: string) => i18n.date(new Date(at), { dateStyle: "medium", timeStyle: "short" });
  const { kid, alg, state, created_at, signs_from, retired_at, purged_at } = signingKey;
  const [made, begun] = [moment(created_at), moment(signs_from)];
  const [ended, gone] = [retired_at ? moment(retired_at) : "", purged_at ? moment(purged_at) : ""];
  const names = { next: t`Next`, active: t`Signs`, retired: t`Signs no more` };
  const since = {
    next: t`Published on ${made}, signs from ${begun}`,
    active: t`Since ${begun}`,
    retired: t`Since ${ended}; what it signed is good until ${gone}`,
  };
  return (
    <li className="flex flex-col gap-0.5 px-4 py-3">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <code className="min-w-0 text-sm wrap-anywhere">{kid}</code>
        <Badge {...(state === "active" && { tone: "success" as const })}>{names[state]}</Badge>
      </span>
      <span className="text-muted text-sm">{`${alg} · ${since[state]}`}</span>
    </li>
  );
}
