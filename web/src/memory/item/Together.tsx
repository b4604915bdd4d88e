// Other items that this one belongs to: what it replaced, what it contradicts, what was drawn from it.
import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import type { ItemLink } from "@/wire/memory";
import { ItemAnchor } from "./ItemAnchor";
import { Part } from "./Part";

const NAMES: Record<ItemLink["kind"], Record<ItemLink["direction"], MessageDescriptor>> = {
  updates: { from: msg`Replaces`, to: msg`Replaced by` },
  contradicts: { from: msg`Contradicts`, to: msg`Contradicted by` },
  derived_from: { from: msg`Drawn from`, to: msg`Taken up in` },
  same_as: { from: msg`Says the same as`, to: msg`Says the same as` },
};

export function Together({ links }: { links: readonly ItemLink[] }) {
  const { t, i18n } = useLingui();
  if (links.length === 0) return null;
  return (
    <Part title={t`Belongs together`}>
      <ul className="flex flex-col gap-1.5 text-sm">
        {links.map(({ kind, direction, item, text }) => (
          <li key={`${kind} ${direction} ${item}`}>
            <span className="text-muted">{i18n._(NAMES[kind][direction])}</span>{" "}
            <ItemAnchor id={item}>{t`“${text}”`}</ItemAnchor>
          </li>
        ))}
      </ul>
    </Part>
  );
}
