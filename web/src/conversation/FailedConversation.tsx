/** In place of a conversation that could not be opened: why, and the way on. */
import { Trans } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { Button, NewChatIcon } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import type { Refusal } from "@/wire";

/** Asking again cannot bring these: nothing is there, or the address is none of a conversation. */
const ABSENT = ["unknown_thread", "not_found", "invalid_request"];

export function FailedConversation({ problem, onRetry }: { problem: Refusal | undefined; onRetry: () => void }) {
  const problemText = useProblemText();
  const code = problem?.code ?? "unexpected";
  if (ABSENT.includes(code)) return <Absent text={problemText({ code: "unknown_thread" })} />;
  return (
    <div role="alert" className={PLACE}>
      <h2 className="text-xl">
        <Trans>The conversation could not be opened</Trans>
      </h2>
      <p className="text-muted">{problemText(problem ?? { code })}</p>
      <Button onPress={() => onRetry()}>
        <Trans>Try again</Trans>
      </Button>
    </div>
  );
}

const PLACE = "m-auto flex max-w-form flex-col items-center gap-4 px-6 text-center";

function Absent({ text }: { text: string }) {
  const navigate = useNavigate();
  return (
    <div role="alert" className={PLACE}>
      <h2 className="text-xl">
        <Trans>There is no conversation here</Trans>
      </h2>
      <p className="text-muted">{text}</p>
      <Button variant="primary" onPress={() => void navigate({ to: "/" })}>
        <NewChatIcon className="size-4" />
        <Trans>New conversation</Trans>
      </Button>
    </div>
  );
}
