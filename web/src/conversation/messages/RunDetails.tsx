/** How an answer was made: model, tokens, cost; unknown is said, never shown as nothing. */
import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Dialog, DialogTrigger, Popover } from "react-aria-components";
import { IconButton, InfoIcon } from "@/design";
import { useModelChoices } from "@/models/choices";
import type { ShownMessage, ShownRun } from "@/wire";
import { costText } from "./cost_text";

interface RunDetailsProps {
  message: ShownMessage;
  run: ShownRun;
  agentName: string;
}

export function RunDetails({ message, run, agentName }: RunDetailsProps) {
  const { t } = useLingui();
  return (
    <DialogTrigger>
      <IconButton size="sm" label={t`Details of this answer`}>
        <InfoIcon className="size-4" />
      </IconButton>
      <Popover
        placement="top start"
        className="w-72 rounded-xl border border-line bg-raised p-4 text-sm shadow-high entering:animate-rise"
      >
        <Dialog aria-label={t`Details of this answer`} className="outline-none">
          <Facts message={message} run={run} agentName={agentName} />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function Facts({ message, run, agentName }: RunDetailsProps) {
  const { t, i18n } = useLingui();
  const { usage } = run;
  const unknown = t`unknown`;
  const choices: Partial<Record<string, { title: string }>> = useModelChoices();
  const provider = run.provider ? (choices[run.provider]?.title ?? run.provider) : unknown;
  const count = (tokens: number) => i18n.number(tokens);
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-5 gap-y-1.5">
      <Fact name={t`Agent`}>{agentName}</Fact>
      <Fact name={t`Model`}>{run.model ?? unknown}</Fact>
      <Fact name={t`Provider`}>{provider}</Fact>
      <Fact name={t`Tokens read`}>{usage ? count(usage.input_tokens) : unknown}</Fact>
      {usage && usage.cached_input_tokens > 0 && (
        <Fact name={t`of which cached`}>{count(usage.cached_input_tokens)}</Fact>
      )}
      <Fact name={t`Tokens written`}>{usage ? count(usage.output_tokens) : unknown}</Fact>
      <Fact name={t`Cost`}>{costText(usage?.cost_usd ?? null, i18n.locale) ?? unknown}</Fact>
      <Fact name={t`Asked`}>{i18n.date(message.created_at, { dateStyle: "medium", timeStyle: "short" })}</Fact>
      {usage?.estimated && (
        <p className="col-span-2 pt-1 text-muted text-xs">
          <Trans>Token figures are estimated: the provider gave none.</Trans>
        </p>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words text-right tabular-nums">{children}</dd>
    </>
  );
}
