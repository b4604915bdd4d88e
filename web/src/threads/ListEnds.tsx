/** What stands at the end of a list of conversations, or in its place. */
import { Trans } from "@lingui/react/macro";
import { useEffect, useRef } from "react";
import { Button } from "@/design";

export function Failed({ onRetry }: { onRetry: () => void }) {
  return (
    <div role="alert" className="flex flex-col items-start gap-3 px-2.5 pt-3 text-sm">
      <p className="text-muted">
        <Trans>The conversations could not be loaded.</Trans>
      </p>
      <Button size="sm" onPress={onRetry}>
        <Trans>Try again</Trans>
      </Button>
    </div>
  );
}

/** Loads the next page when it comes into view; a button for those who do not scroll. */
export function More({ onMore, count }: { onMore: () => Promise<void>; count: number }) {
  const place = useRef<HTMLDivElement>(null);
  const more = useRef(onMore);
  more.current = onMore;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a longer list may still leave this in view
  useEffect(() => {
    if (place.current === null || typeof IntersectionObserver === "undefined") return undefined;
    const observer = new IntersectionObserver((changes) => changes.at(-1)?.isIntersecting && void more.current());
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [count]);
  return (
    <div ref={place} className="px-1 pt-3">
      <Button size="sm" variant="quiet" onPress={() => void onMore()}>
        <Trans>Show more</Trans>
      </Button>
    </div>
  );
}
