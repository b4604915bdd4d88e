// A key or an address, checked with the provider before it is kept; the result is said in place.
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button, InlineNotice, PasswordField, TextField } from "@/design";
import { Bound } from "@/design/parts/Bound";
import { type KeyedProvider, type ProviderName, type ProviderState, type Refusal, refusalOf } from "@/wire";
import { useConfigureProvider } from "@/wire/questions";
import { type ProviderFields, useProviderRules } from "./provider_rules";
import { useRejection } from "./rejection";

type Ready = { model: string | null };

const OLLAMA = "http://127.0.0.1:11434/v1";
const KEY_EXAMPLES: Partial<Record<ProviderName, string>> = { anthropic: "sk-ant-…", openai: "sk-…" };

type ProviderFormProps = {
  provider: KeyedProvider;
  known: ProviderState | undefined;
  /** Called after the person has read that it works and goes on. */
  onReady: () => void;
};

export function ProviderForm({ provider, known, onReady }: ProviderFormProps) {
  const { t } = useLingui();
  const isAddress = provider === "openai_compatible";
  const configure = useConfigureProvider();
  const modelHint = useModelHint(isAddress, known?.model ?? null);
  const [ready, setReady] = useState<Ready>();
  const [refusal, setRefusal] = useState<Refusal>();
  const { control, handleSubmit } = useForm<ProviderFields>({
    resolver: valibotResolver(useProviderRules(isAddress)),
    defaultValues: { api_key: "", base_url: known?.base_url ?? OLLAMA, model: known?.model ?? "" },
  });

  const submit = handleSubmit(async ({ api_key, base_url, model }) => {
    setRefusal(undefined);
    const optional = (text: string) => (text === "" ? null : text);
    try {
      const state = await configure.mutateAsync({
        provider,
        api_key: optional(api_key),
        base_url: isAddress ? base_url : null,
        model: optional(model),
      });
      setReady({ model: state.model });
    } catch (thrown) {
      setRefusal(refusalOf(thrown));
    }
  });

  if (ready !== undefined) return <Works model={ready.model} onReady={onReady} />;
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="flex flex-col gap-5">
      {refusal && <Rejected refusal={refusal} isAddress={isAddress} />}
      {isAddress && (
        <Bound control={control} name="base_url">
          {(field) => (
            <TextField
              {...field}
              label={t`Address`}
              hint={t`As the server that runs Emergence reaches it.`}
              inputMode="url"
              autoFocus
            />
          )}
        </Bound>
      )}
      <Bound control={control} name="api_key">
        {(field) => (
          <PasswordField
            {...field}
            label={isAddress ? t`Key (if the server asks for one)` : t`Key`}
            hint={t`It is kept encrypted on this server and never shown again.`}
            {...(KEY_EXAMPLES[provider] ? { placeholder: KEY_EXAMPLES[provider] } : {})}
            autoComplete="off"
            autoFocus={!isAddress}
            showLabel={t`Show key`}
            hideLabel={t`Hide key`}
          />
        )}
      </Bound>
      <Bound control={control} name="model">
        {(field) => (
          <TextField
            {...field}
            label={isAddress ? t`Model` : t`Model (optional)`}
            hint={modelHint}
            autoComplete="off"
          />
        )}
      </Bound>
      <Button type="submit" variant="primary" size="lg" isPending={configure.isPending} className="mt-1 w-full">
        <Trans>Check and save</Trans>
      </Button>
    </form>
  );
}

/** What an empty field means is the server's rule: the model in use stays, which at first is the provider's usual one. */
function useModelHint(isAddress: boolean, current: string | null): string {
  const { t } = useLingui();
  if (isAddress) return t`As that server names it, such as llama3.2.`;
  return current === null ? t`Left empty, the provider’s usual model answers.` : t`Left empty, ${current} answers.`;
}

function Works({ model, onReady }: { model: string | null; onReady: () => void }) {
  return (
    <div className="flex flex-col gap-5">
      <InlineNotice tone="success">
        {model ? (
          <Trans>It works: agents now answer with {model}.</Trans>
        ) : (
          <Trans>It works: agents now answer with this provider.</Trans>
        )}
      </InlineNotice>
      <Button variant="primary" size="lg" autoFocus onPress={onReady}>
        <Trans>Continue</Trans>
      </Button>
    </div>
  );
}

/** Our sentence in the reader's language, then the provider's own words, which often name the cause. */
function Rejected({ refusal, isAddress }: { refusal: Refusal; isAddress: boolean }) {
  const { heading, words } = useRejection(isAddress)(refusal);
  return (
    <InlineNotice tone="danger">
      <p className="font-medium">{heading}</p>
      {refusal.code === "provider_rejected" && (
        <p className="mt-1">
          <Trans>Nothing was changed.</Trans>
        </p>
      )}
      {words && <p className="mt-1 text-sm wrap-anywhere">{words}</p>}
    </InlineNotice>
  );
}
