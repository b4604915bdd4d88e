// Goes on where a long list was cut.
import { Trans } from "@lingui/react/macro";
import { Button } from "@/design";
import type { Pages } from "@/wire/pages";

export function MoreButton<T>({ pages }: { pages: Pages<T> }) {
  if (!pages.hasMore) return null;
  return (
    <Button className="self-center" isPending={pages.isLoadingMore} onPress={pages.more}>
      <Trans>Show more</Trans>
    </Button>
  );
}
