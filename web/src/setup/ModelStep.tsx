// Second step of the first run: with which model the agents answer. Trying without a key is one press away.
import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { StageTitle } from "@/app/Stage";
import { ArrowLeftIcon, ArrowRightIcon, Button, InlineNotice, Spinner } from "@/design";
import { ChoiceCard } from "@/models/ChoiceCard";
import { useModelChoices } from "@/models/choices";
import { useMissing } from "@/models/missing";
import { ProviderForm } from "@/models/ProviderForm";
import { type ProviderName, useModels } from "@/wire";
import { closeFirstRun } from "./progress";

export function ModelStep() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { data: providers, status } = useModels();
  const choices = useModelChoices();
  const missing = useMissing();
  const [chosen, setChosen] = useState<ProviderName>();
  const configured = providers?.find((provider) => provider.state === "ready" && !provider.demonstration);
  const builtin = providers?.find((provider) => provider.provider === "builtin");

  const finish = () => {
    closeFirstRun();
    void navigate({ to: "/", replace: true });
  };

  if (chosen !== undefined && chosen !== "builtin") {
    return (
      <>
        <Button variant="quiet" size="sm" className="mb-3 -ml-3" onPress={() => setChosen(undefined)}>
          <ArrowLeftIcon />
          <Trans>All choices</Trans>
        </Button>
        <StageTitle title={choices[chosen].title}>{choices[chosen].description}</StageTitle>
        <ProviderForm
          provider={chosen}
          known={providers?.find(({ provider }) => provider === chosen)}
          onReady={finish}
        />
      </>
    );
  }
  return (
    <>
      <StageTitle title={t`Choose a model`}>
        <Trans>The agents think with a language model. You can change this at any time in the settings.</Trans>
      </StageTitle>
      {configured && (
        <div className="mb-5 flex flex-col gap-3">
          <InlineNotice tone="success">
            <Trans>
              {choices[configured.provider].name} is ready{configured.model ? ` (${configured.model})` : ""}.
            </Trans>
          </InlineNotice>
          <Button variant="primary" size="lg" onPress={finish}>
            <Trans>Start the first conversation</Trans>
            <ArrowRightIcon />
          </Button>
        </div>
      )}
      {status === "loading" && <Spinner label={t`Loading`} />}
      <ul className="flex flex-col gap-3">
        <li>
          <ChoiceCard
            {...choices.builtin}
            isDisabled={builtin !== undefined && builtin.state !== "ready"}
            note={builtin && missing(builtin)}
            onPress={finish}
          />
        </li>
        {(["anthropic", "openai", "openai_compatible"] as const).map((provider) => (
          <li key={provider}>
            <ChoiceCard {...choices[provider]} onPress={() => setChosen(provider)} />
          </li>
        ))}
      </ul>
    </>
  );
}
