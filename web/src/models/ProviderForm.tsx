// A key or an address, checked with the provider before it is kept; the result is said in place.
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button, InlineNotice, PasswordField, TextField } from "@/design";
import { Bound } from "@/design/parts/Bound";
import { useProblemText } from "@/i18n/problem_text";
import { type KeyedProvider, type ProviderName, type ProviderState, type Refusal, refusalOf } from "@/wire";
import { useConfigureProvider } from "@/wire/questions";
import { type ProviderFields, useProviderRules } from "./provider_rules";

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
      {refusal && <Rejected refusal={refusal} />}
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
            hint={isAddress ? t`As that server names it, such as llama3.2.` : t`Left empty, a good one is chosen.`}
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
function Rejected({ refusal }: { refusal: Refusal }) {
  const text = useProblemText()(refusal);
  const isMore = refusal.code === "provider_rejected" && refusal.detail !== text;
  return (
    <InlineNotice tone="danger">
      <p className="font-medium">{text}</p>
      {isMore && <p className="mt-1">{refusal.detail}</p>}
    </InlineNotice>
  );
}
