// What a search found: what holds the words first, then what is only like them, under its own name.
import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useId } from "react";
import { Asked } from "@/app/Asked";
import type { Found, useFound } from "@/wire/memory";
import { Cards } from "./Cards";
import { ItemCard } from "./ItemCard";
import { TurnCard } from "./TurnCard";

export function WhatWasFound({ words, found }: { words: string; found: ReturnType<typeof useFound> }) {
  const { t, i18n } = useLingui();
  if (found.status === "loading") return null;
  return (
    <Asked question={found}>
      {({ items, turns, similar }) => {
        const number = i18n.number(items.length + turns.length);
        const isAlike = new Set(similar);
        const holding = {
          items: items.filter(({ id }) => !isAlike.has(id)),
          turns: turns.filter(({ message }) => !isAlike.has(message)),
        };
        const alike = {
          items: items.filter(({ id }) => isAlike.has(id)),
          turns: turns.filter(({ message }) => isAlike.has(message)),
        };
        const holdsNothing = holding.items.length + holding.turns.length === 0;
        if (holdsNothing && found.isBehind) return null;
        return (
          <div className={`flex flex-col gap-4 transition-opacity ${found.isBehind ? "opacity-60" : ""}`}>
            {holdsNothing ? (
              <p role="status" className="py-4 text-center text-muted">
                <Trans>Nothing found for “{words}”.</Trans>
              </p>
            ) : (
              <p role="status" className="sr-only">
                {!found.isBehind && <Trans>Found: {number}</Trans>}
              </p>
            )}
            {holding.items.length > 0 && (
              <Cards label={t`What was found`}>
                {holding.items.map((item) => (
                  <ItemCard key={item.id} item={item} />
                ))}
              </Cards>
            )}
            {holding.turns.length > 0 && (
              <Named name={t`What was said`}>
                {holding.turns.map((turn) => (
                  <TurnCard key={turn.message} turn={turn} />
                ))}
              </Named>
            )}
            <Alike {...alike} />
          </div>
        );
      }}
    </Asked>
  );
}

function Alike({ items, turns }: Pick<Found, "items" | "turns">) {
  const { t } = useLingui();
  if (items.length + turns.length === 0) return null;
  return (
    <Named name={t`Similar in meaning, without these words`}>
      {items.map((item) => (
        <ItemCard key={item.id} item={item} />
      ))}
      {turns.map((turn) => (
        <TurnCard key={turn.message} turn={turn} />
      ))}
    </Named>
  );
}

function Named({ name, children }: { name: string; children: ReactNode }) {
  const id = useId();
  return (
    <>
      <h2 id={id} className="mt-2 font-medium">
        {name}
      </h2>
      <Cards label={name}>{children}</Cards>
    </>
  );
}
