// The providers of models, in the order in which agents try them; administrators add and remove keys.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Asked } from "@/app/Asked";
import { Button, Dialog, InlineNotice, notify } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { type ModelChoice, useModelChoices } from "@/models/choices";
import { useMissing } from "@/models/missing";
import { ProviderForm } from "@/models/ProviderForm";
import { type KeyedProvider, type ProviderState, refusalOf, useMe, useModels } from "@/wire";
import { useForgetProvider } from "@/wire/questions";
import { Section } from "./Section";

export function ModelSettings() {
  const { t } = useLingui();
  const me = useMe();
  const models = useModels();
  const choices = useModelChoices();
  const [edited, setEdited] = useState<KeyedProvider>();

  if (me?.role !== "admin") {
    return (
      <InlineNotice>
        <Trans>Only an administrator can change the models.</Trans>
      </InlineNotice>
    );
  }
  return (
    <Section title={t`Models`} description={t`Agents use the first one in this list that is ready.`}>
      <Asked question={models}>
        {(providers) => (
          <ul className="flex flex-col divide-y divide-line rounded-xl border border-line bg-surface shadow-low">
            {providers.map((provider) => (
              <ProviderRow
                key={provider.provider}
                state={provider}
                choice={choices[provider.provider]}
                onEdit={setEdited}
              />
            ))}
          </ul>
        )}
      </Asked>
      {edited && (
        <Dialog title={choices[edited].title} isOpen onOpenChange={() => setEdited(undefined)}>
          <ProviderForm
            provider={edited}
            known={models.data?.find(({ provider }) => provider === edited)}
            onReady={() => setEdited(undefined)}
          />
        </Dialog>
      )}
    </Section>
  );
}

type ProviderRowProps = {
  state: ProviderState;
  choice: ModelChoice;
  onEdit: (provider: KeyedProvider) => void;
};

function ProviderRow({ state, choice, onEdit }: ProviderRowProps) {
  const { t } = useLingui();
  const forget = useForgetProvider();
  const problemText = useProblemText();
  const { provider } = state;
  const label = state.state === "not_configured" ? t`Add ${choice.name}` : t`Change ${choice.name}`;
  const tell = (thrown: unknown) =>
    notify({ title: t`Nothing was changed`, detail: problemText(refusalOf(thrown)), tone: "danger" });
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 p-4">
      <span className="grid size-10 shrink-0 place-items-center rounded-lg bg-hover">{choice.icon}</span>
      <div className="flex min-w-40 flex-1 flex-col gap-0.5">
        <span className="flex items-center gap-2 font-medium">
          {choice.name}
          <StateBadge state={state.state} />
        </span>
        <Detail state={state} choice={choice} />
      </div>
      {provider !== "builtin" && (
        <span className="flex gap-2">
          {state.source === "administrator" && (
            <Button
              variant="quiet"
              size="sm"
              isPending={forget.isPending}
              aria-label={t`Remove ${choice.name}`}
              onPress={() => forget.mutate(provider, { onError: tell })}
            >
              <Trans>Remove</Trans>
            </Button>
          )}
          {/* Named by what it shows and what it is for: voice control finds either. */}
          <Button size="sm" aria-label={label} onPress={() => onEdit(provider)}>
            {state.state === "not_configured" ? <Trans>Add</Trans> : <Trans>Change</Trans>}
          </Button>
        </span>
      )}
    </li>
  );
}

function Detail({ state, choice }: { state: ProviderState; choice: ModelChoice }) {
  const missing = useMissing()(state);
  const isFromEnvironment = state.source === "environment";
  const facts = [state.model, state.base_url].filter((fact) => fact !== null && fact !== undefined).join(" · ");
  return (
    <>
      <span className="text-muted text-sm wrap-anywhere">{facts || choice.description}</span>
      {isFromEnvironment && (
        <span className="text-muted text-sm">
          <Trans>Given by the server’s environment.</Trans>
        </span>
      )}
      {missing && <span className="text-sm text-warning">{missing}</span>}
      {state.state === "unavailable" && state.notice && (
        <span lang="en" className="text-muted text-sm">
          {state.notice}
        </span>
      )}
    </>
  );
}

function StateBadge({ state }: { state: ProviderState["state"] }) {
  const { t } = useLingui();
  if (state === "not_configured") return null;
  const isReady = state === "ready";
  return (
    <span
      className={`rounded-full px-2 py-0.5 font-medium text-xs ${isReady ? "bg-success-soft text-success" : "bg-warning-soft text-warning"}`}
    >
      {isReady ? t`Ready` : t`Unavailable`}
    </span>
  );
}
