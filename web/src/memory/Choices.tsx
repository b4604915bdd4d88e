// Whether anything is remembered at all, whether agents may bring it up, and how much there is.
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useRef, useState } from "react";
import { InlineNotice } from "@/design";
import { Switch } from "@/design/parts/Switch";
import { useProblemText } from "@/i18n/problem_text";
import { refusalOf } from "@/wire";
import { type MemoryChoices, type MemoryState, useMemoryActs } from "@/wire/memory";

export function Choices({ state }: { state: MemoryState }) {
  const { t } = useLingui();
  const { choose } = useMemoryActs();
  const problemText = useProblemText();
  const [problem, setProblem] = useState<string>();
  const [wanted, setWanted] = useState<MemoryChoices>();
  const shown = wanted ?? state.choices;
  const last = useRef<MemoryChoices>(undefined);
  const change = async (part: Partial<MemoryChoices>) => {
    const isSending = last.current !== undefined;
    last.current = { ...shown, ...last.current, ...part };
    setProblem(undefined);
    setWanted(last.current);
    if (!isSending) await send();
  };
  /** One after the other, so that the last press counts however slow the network is. */
  const send = async () => {
    let sent: MemoryChoices | undefined;
    while (last.current !== undefined && sent !== last.current) {
      sent = last.current;
      try {
        await choose(sent);
      } catch (thrown) {
        if (sent === last.current) setProblem(problemText(refusalOf(thrown)));
      }
    }
    last.current = undefined;
    setWanted(undefined);
  };
  return (
    <section aria-label={t`What is remembered`} className="flex flex-col gap-3">
      <HowMuch state={state} />
      {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
      <div className="flex flex-col gap-4 rounded-xl border border-line bg-surface px-4 py-3.5 shadow-low sm:p-5">
        <Switch
          isSelected={shown.remembers}
          onChange={(remembers) => void change({ remembers })}
          detail={
            shown.remembers ? (
              <span className="max-sm:hidden">
                <Trans>
                  Agents find again what you said in other conversations. Temporary ones leave nothing here.
                </Trans>
              </span>
            ) : (
              <Trans>
                Off: nothing new is kept, and no agent is shown anything of this. What stands here stays until you
                forget it; what you say meanwhile is not remembered later either.
              </Trans>
            )
          }
        >
          <Trans>Remember</Trans>
        </Switch>
        <Switch
          isSelected={shown.hints && shown.remembers}
          isDisabled={!shown.remembers}
          onChange={(hints) => void change({ hints })}
          detail={
            <span className="max-sm:hidden">
              <Trans>When it fits what you talk about; the same thing at most once in two weeks.</Trans>
            </span>
          }
        >
          <Trans>Let agents bring something up unasked</Trans>
        </Switch>
      </div>
    </section>
  );
}

function HowMuch({ state }: { state: MemoryState }) {
  const { i18n } = useLingui();
  const items = Object.values(state.items).reduce((sum: number, count) => sum + (count ?? 0), 0);
  const pending = state.finds_by_meaning ? state.pending_vectors : 0;
  const waiting = i18n.number(pending);
  return (
    <p className="text-muted text-sm">
      <Plural value={items} one="# thing is remembered" other="# things are remembered" />
      {" · "}
      <Plural value={state.turns} one="# message can be found" other="# messages can be found" />
      {" · "}
      {state.finds_by_meaning ? (
        <Trans>found by words and by meaning</Trans>
      ) : (
        <Trans>found by their words alone: this server has no model for meaning</Trans>
      )}
      {pending > 0 && (
        <span role="status">
          {" · "}
          <Trans>{waiting} still wait to be found by meaning</Trans>
        </span>
      )}
    </p>
  );
}
