// What is known of an item beside its words: where it is from, how sure it is, when it holds, when it was used.
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useAgents } from "@/wire";
import type { Item } from "@/wire/memory";
import { LastUse, Origin } from "../Origin";
import { useDay } from "../use_day";
import { isTheirOwn, LOW_CONFIDENCE } from "../words";

export function Known({ item }: { item: Item }) {
  const { i18n } = useLingui();
  const dayOf = useDay();
  const { fact, preference } = item;
  const sure = i18n.number(item.confidence, { style: "percent", maximumFractionDigits: 0 });
  const happened = item.happened_at && dayOf(item.happened_at);
  const from = fact?.valid_from && dayOf(fact.valid_from);
  const until = fact?.valid_to && dayOf(fact.valid_to);
  return (
    <ul className="flex flex-col gap-1 text-muted text-sm">
      <li>
        <Origin item={item} />
      </li>
      {item.confidence < LOW_CONFIDENCE && (
        <li className="text-warning">
          <Trans>Not certain: {sure} sure. Change or forget it if it is wrong.</Trans>
        </li>
      )}
      {happened && (
        <li>
          <Trans>It is about {happened}</Trans>
        </li>
      )}
      {from && (
        <li>
          <Trans>So since {from}</Trans>
        </li>
      )}
      {until && (
        <li>
          <Trans>So until {until}</Trans>
        </li>
      )}
      {preference && (
        <>
          {!preference.explicit && (
            <li>
              <Trans>Guessed: you did not say it in so many words</Trans>
            </li>
          )}
          {preference.scope !== "everywhere" && <Scope scope={preference.scope} />}
        </>
      )}
      <li>
        {item.pinned && (
          <>
            {isTheirOwn(item) ? (
              <Trans>Pinned: agents are always shown it</Trans>
            ) : (
              <Trans>Pinned: it stays on top</Trans>
            )}
            {" · "}
          </>
        )}
        <LastUse item={item} />
        {item.uses > 0 && (
          <>
            {", "}
            <Plural value={item.uses} one="in # answer" other="in # answers" />
          </>
        )}
      </li>
    </ul>
  );
}

function Scope({ scope }: { scope: string }) {
  const agents = useAgents().data;
  const agent = agents?.find(({ id }) => id === scope)?.name ?? scope;
  return (
    <li>
      <Trans>For {agent} only</Trans>
    </li>
  );
}
