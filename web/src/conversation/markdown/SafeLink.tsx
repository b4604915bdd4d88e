/** Links of a reply: they open elsewhere, tell nobody where we are, and never run anything. */
import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { hostOf, openableAddress } from "./links";

interface SafeLinkProps {
  address: string;
  children: ReactNode;
}

export function SafeLink({ address, children }: SafeLinkProps) {
  const target = openableAddress(address);
  if (target === null) return <span>{children}</span>;
  return (
    <a href={target} title={target} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

/** A remote picture would tell its host that it was read, so it waits behind a link. */
export function ImageLink({ address, description }: { address: string; description: string }) {
  const target = openableAddress(address);
  if (target === null) return <span>{description}</span>;
  return (
    <SafeLink address={address}>
      <span className="image-link">
        <Trans>Image: {description === "" ? hostOf(target) : description}</Trans>
      </span>
    </SafeLink>
  );
}
