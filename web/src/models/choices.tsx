// The words and pictures for each provider of models.
import { useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { KeyIcon, ScreenIcon, ServerIcon } from "@/design";
import type { ProviderName } from "@/wire";

export type ModelChoice = { name: string; title: string; description: string; icon: ReactNode };

export function useModelChoices(): Record<ProviderName, ModelChoice> {
  const { t } = useLingui();
  return {
    builtin: {
      name: t`Built-in model`,
      title: t`Try without a key`,
      description: t`A small demonstration model on this computer: works offline, simple English only.`,
      icon: <ScreenIcon />,
    },
    anthropic: {
      name: "Anthropic",
      title: t`Anthropic key`,
      description: t`Claude models, paid by use with your own key.`,
      icon: <KeyIcon />,
    },
    openai: {
      name: "OpenAI",
      title: t`OpenAI key`,
      description: t`GPT models, paid by use with your own key.`,
      icon: <KeyIcon />,
    },
    openai_compatible: {
      name: t`Ollama or another server`,
      title: t`Ollama or another server`,
      description: t`Any server that speaks the OpenAI protocol: Ollama, LM Studio, vLLM, llama.cpp, Mistral.`,
      icon: <ServerIcon />,
    },
  };
}
