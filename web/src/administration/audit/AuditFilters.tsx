// What is shown of the log: a person, a kind of event, an outcome, a stretch of time.
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, CloseIcon, Select, TextField } from "@/design";
import { usePerson } from "@/wire/administration";
import { KINDS, type Kind, type Outcome, type Search } from "./audit_search";

type AuditFiltersProps = { search: Search; onChange: (more: Search) => void };

export function AuditFilters({ search, onChange }: AuditFiltersProps) {
  const { t } = useLingui();
  const kinds: Record<Kind, string> = {
    session: t`Signing in and out`,
    factor: t`Second factors`,
    account: t`Accounts`,
    admin: t`Administration`,
    token: t`Tokens and keys`,
    policy: t`Rules`,
  };
  return (
    <div className="flex flex-col gap-4">
      <div className="grid grid-cols-2 gap-4 wide:grid-cols-4">
        <Select<Kind | "all">
          label={t`Kind`}
          value={search.kind ?? "all"}
          onChange={(kind) => onChange({ kind: kind === "all" ? undefined : kind })}
          options={[{ id: "all", label: t`All kinds` }, ...KINDS.map((id) => ({ id, label: kinds[id] }))]}
        />
        <Select<Outcome | "all">
          label={t`Outcome`}
          value={search.outcome ?? "all"}
          onChange={(outcome) => onChange({ outcome: outcome === "all" ? undefined : outcome })}
          options={[
            { id: "all", label: t`All outcomes` },
            { id: "success", label: t`Succeeded` },
            { id: "failure", label: t`Failed` },
          ]}
        />
        <TextField
          label={t`From`}
          type="date"
          value={search.since ?? ""}
          onChange={(since) => onChange({ since: since || undefined })}
        />
        <TextField
          label={t`To`}
          type="date"
          value={search.until ?? ""}
          onChange={(until) => onChange({ until: until || undefined })}
        />
      </div>
      {search.person && <OnePerson id={search.person} onClear={() => onChange({ person: undefined })} />}
    </div>
  );
}

function OnePerson({ id, onClear }: { id: string; onClear: () => void }) {
  const person = usePerson(id);
  const name = person.data?.display_name ?? "…";
  return (
    <Button size="sm" className="self-start" onPress={onClear}>
      <Trans>Only {name}: show everybody</Trans>
      <CloseIcon className="size-4" />
    </Button>
  );
}
