// The words of an item, and whether they are still its newest.
import { Trans } from "@lingui/react/macro";
import { InlineNotice } from "@/design";
import type { Item, ItemLink } from "@/wire/memory";
import { ItemAnchor } from "./ItemAnchor";

export function ItemText({ item, newer }: { item: Item; newer: ItemLink | undefined }) {
  return (
    <>
      {item.state === "superseded" && (
        <InlineNotice tone="warning">
          <Trans>This is not so any more; agents are not shown it.</Trans>{" "}
          {newer && (
            <ItemAnchor id={newer.item}>
              <Trans>Show what is so now</Trans>
            </ItemAnchor>
          )}
        </InlineNotice>
      )}
      {item.state === "archived" && (
        <InlineNotice>
          <Trans>Set aside: nobody asked about it for long. It is found, but not brought up.</Trans>
        </InlineNotice>
      )}
      <p lang={item.language || undefined} className="whitespace-pre-line text-reading wrap-anywhere">
        {item.text}
      </p>
    </>
  );
}
