// In place of a conversation that was deleted, here or in another tab: the way back while there is one.
import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useShell } from "@/app/shell_context";
import { Button, IconButton, InlineNotice, MenuIcon, NewChatIcon } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { refusalOf } from "@/wire";
import { restoreThread } from "@/wire/managing";

type DeletedConversationProps = { threadId: string; restorableUntil: string | null };

export default function DeletedConversation({ threadId, restorableUntil }: DeletedConversationProps) {
  const { t, i18n } = useLingui();
  const { openDrawer } = useShell();
  const navigate = useNavigate();
  const problemText = useProblemText();
  const [problem, setProblem] = useState<string>();
  const [isPending, setPending] = useState(false);
  const restore = async () => {
    setPending(true);
    setProblem(undefined);
    // When it is back, this is no longer on screen.
    await restoreThread(threadId).catch((thrown: unknown) => setProblem(problemText(refusalOf(thrown))));
    setPending(false);
  };
  const day = restorableUntil && i18n.date(new Date(restorableUntil), { dateStyle: "long" });
  return (
    <main className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-14 shrink-0 items-center px-2 wide:hidden">
        <IconButton label={t`Conversations`} onPress={openDrawer}>
          <MenuIcon />
        </IconButton>
      </div>
      <div role="status" className="m-auto flex max-w-form flex-col items-center gap-4 px-6 text-center">
        <h1 className="text-xl">
          <Trans>This conversation was deleted</Trans>
        </h1>
        {day ? (
          <p className="text-muted">
            <Trans>It can be brought back until {day}.</Trans>
          </p>
        ) : (
          <p className="text-muted">
            <Trans>It is gone for good.</Trans>
          </p>
        )}
        {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
        <div className="flex flex-wrap justify-center gap-2">
          {day && (
            <Button variant="primary" isPending={isPending} onPress={() => void restore()}>
              <Trans>Bring it back</Trans>
            </Button>
          )}
          <Button onPress={() => void navigate({ to: "/" })}>
            <NewChatIcon className="size-4" />
            <Trans>New conversation</Trans>
          </Button>
        </div>
      </div>
    </main>
  );
}
