// Something that was said, as it is kept: who said it, when, what is so since, the way to it, and forgetting it.
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { ForgetTurn } from "@/remembering/ForgetTurn";
import { SoNow } from "@/remembering/SoNow";
import type { AskedTurn, KeptTurn } from "@/wire/memory";
import { Speaker } from "./Speaker";

export function TurnCard({ turn }: { turn: KeptTurn & Partial<Pick<AskedTurn, "since">> }) {
  return (
    <li className="flex flex-col gap-1 px-4 py-3.5">
      <Speaker turn={turn} />
      <blockquote className="line-clamp-4 whitespace-pre-line wrap-anywhere">{turn.text}</blockquote>
      {turn.since?.map((now) => (
        <SoNow key={now.text} how={now.how} text={now.text} />
      ))}
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
