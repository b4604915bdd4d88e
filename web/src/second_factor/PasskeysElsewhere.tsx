// Why no passkey can be used on this page, and where one can.
import { Trans } from "@lingui/react/macro";
import { InlineNotice } from "@/design";
import type { PasskeysHere } from "@/wire/passkeys";

type PasskeysElsewhereProps = { here: Exclude<PasskeysHere, "work"> };

export function PasskeysElsewhere({ here }: PasskeysElsewhereProps) {
  return (
    <InlineNotice>
      <WhyNot here={here} />
    </InlineNotice>
  );
}

function WhyNot({ here }: PasskeysElsewhereProps) {
  if (here === "unsupported") return <Trans>This browser cannot use passkeys.</Trans>;
  if (here === "nowhere") {
    return <Trans>Passkeys do not work at this address: browsers want a name with https, or localhost.</Trans>;
  }
  const place = new URL(here.at).host;
  return (
    <Trans>
      Passkeys do not work at {location.host}. Use this server at{" "}
      <a href={here.at + location.pathname} className="underline">
        {place}
      </a>{" "}
      for them.
    </Trans>
  );
}
