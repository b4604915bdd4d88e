// For an address that leads nowhere.
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

export function NotFound() {
  return (
    <main className="grid h-full place-items-center p-6 text-center">
      <div className="flex flex-col items-center gap-3">
        <h1 className="text-xl">
          <Trans>There is nothing at this address</Trans>
        </h1>
        <Link to="/" className="text-link underline underline-offset-4">
          <Trans>Go to the conversations</Trans>
        </Link>
      </div>
    </main>
  );
}
