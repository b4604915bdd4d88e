/** One remembered turn: when and by whom it was said, its words, why it fits, the way to it, and forgetting it. */
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Button, InlineNotice } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { type RecalledItem, refusalOf, useAgents } from "@/wire";
import { useLook } from "@/wire/impersonation";
import { useForgetTurn } from "@/wire/remembering";
import { Why } from "./Why";

interface RememberedItemProps {
  item: RecalledItem;
  /** Undefined: it is remembered no longer. */
  text: string | undefined;
}

export function RememberedItem({ item, text }: RememberedItemProps) {
  const { t, i18n } = useLingui();
  const agents = useAgents().data;
  const { look } = useLook();
  const agent = agents?.find(({ id }) => id === item.speaker)?.name ?? item.speaker;
  const who = item.role === "user" ? t`You` : agent;
  const day = i18n.date(new Date(item.said_at), { dateStyle: "long" });
  return (
    <li className="flex flex-col gap-1">
      <p className="text-muted">
        <time dateTime={item.said_at}>{day}</time>, <span className="font-medium text-ink">{who}</span>
      </p>
      {text === undefined ? (
        <p className="text-muted italic">
          <Trans>This is not remembered any more.</Trans>
        </p>
      ) : (
        <>
          <blockquote className="line-clamp-4 whitespace-pre-line wrap-anywhere">{text}</blockquote>
          <p className="text-muted">
            <Why why={item.why} />
          </p>
          <div className="flex flex-wrap items-center gap-x-3">
            <Link
              to="/t/$threadId"
              params={{ threadId: item.thread }}
              hash={item.message}
              className="font-medium text-link underline-offset-3 hover:underline"
            >
              <Trans>Show it where it was said</Trans>
            </Link>
            {!look && <Forget message={item.message} />}
          </div>
        </>
      )}
    </li>
  );
}

function Forget({ message }: { message: string }) {
  const problemText = useProblemText();
  const [isAsked, setAsked] = useState(false);
  const { mutate, isPending, error } = useForgetTurn();
  if (!isAsked) {
    return (
      <Button size="sm" variant="quiet" onPress={() => setAsked(true)}>
        <Trans>Forget</Trans>
      </Button>
    );
  }
  return (
    <>
      <span>
        <Trans>Agents are never shown it again; it stays in its conversation.</Trans>
      </span>
      <Button size="sm" variant="danger" autoFocus isPending={isPending} onPress={() => mutate(message)}>
        <Trans>Forget for good</Trans>
      </Button>
      <Button size="sm" variant="quiet" onPress={() => setAsked(false)}>
        <Trans>Cancel</Trans>
      </Button>
      {error && <InlineNotice tone="danger">{problemText(refusalOf(error))}</InlineNotice>}
    </>
  );
}
