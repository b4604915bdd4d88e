// Something that was said, as it is kept: who said it, when, the way to it, and forgetting it.
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { ForgetTurn } from "@/remembering/ForgetTurn";
import type { KeptTurn } from "@/wire/memory";
import { Speaker } from "./Speaker";

export function TurnCard({ turn }: { turn: KeptTurn }) {
  return (
    <li className="flex flex-col gap-1 px-4 py-3.5">
      <Speaker turn={turn} />
      <blockquote className="line-clamp-4 whitespace-pre-line wrap-anywhere">{turn.text}</blockquote>
      <div className="flex flex-wrap items-center gap-x-3 text-sm">
        <Link
          to="/t/$threadId"
          params={{ threadId: turn.thread }}
          hash={turn.message}
          className="font-medium text-link underline-offset-3 hover:underline"
        >
          <Trans>Show it where it was said</Trans>
        </Link>
        <ForgetTurn message={turn.message} />
      </div>
    </li>
  );
}
