/** A conversation on screen: header, messages or a beginning, and the place to write. */
import { Trans, useLingui } from "@lingui/react/macro";
import { lazy, Suspense } from "react";
import { withTextsOf } from "@/app/with_texts";
import { IconButton, Spinner, TemporaryIcon } from "@/design";
import { type Agent, type ThreadView, textOf, useMessageLimit, useTypingElsewhere } from "@/wire";
import { isLooking, useLook } from "@/wire/impersonation";
import { Announcer } from "./Announcer";
import { ConversationHeader } from "./ConversationHeader";
import { Composer } from "./composer/Composer";
import { EmptyChat } from "./EmptyChat";
import { FailedConversation } from "./FailedConversation";
import { MessageList } from "./messages/MessageList";
import type { Replying } from "./messages/replying";
import { isUnfinished } from "./messages/turns";
import { useTabTitle } from "./use_tab_title";

const TemporaryBanner = lazy(withTextsOf("later")(() => import("@/managing/TemporaryBanner")));
const CarryingMenu = lazy(withTextsOf("later")(() => import("@/carrying/CarryingMenu")));

export interface ConversationProps {
  user: string;
  threadId: string | undefined;
  view: ThreadView;
  agents: readonly Agent[];
  /** Who answers unless somebody else is chosen for one message. */
  agent: string;
  onAgent: (agent: string) => void;
  /** Kept in no list and erased soon; chosen before the first word. */
  isTemporary: boolean;
  onTemporary: (isTemporary: boolean) => void;
  replying: Replying;
  onSend: (text: string, agent: string) => void;
  /** Say something to a run: it ends, and this is answered next. */
  onSteer: (run: string, text: string, agent: string) => void;
  onStop: (run: string) => void;
}

export function Conversation(props: ConversationProps) {
  const { t } = useLingui();
  const { view, agents, agent, replying } = props;
  const { messages, runs } = view;
  const maxCharacters = useMessageLimit();
  const { look } = useLook();
  const isNew = props.threadId === undefined;
  const growing = messages.filter(isUnfinished);
  const writing = runs[growing[0]?.id ?? ""];
  const stop = () => {
    for (const { id } of growing) {
      const run = runs[id];
      if (run) props.onStop(run.id);
    }
  };
  const title = isNew ? t`New conversation` : (view.thread?.title ?? "");
  useTabTitle(props.isTemporary ? "" : title);
  return (
    <main className="flex min-h-0 flex-1 flex-col">
      <ConversationHeader title={title} agentName={isNew ? "" : replying.agentName(agent)}>
        {isNew && !look && (
          <IconButton
            label={t`Temporary conversation`}
            aria-pressed={props.isTemporary}
            className="aria-pressed:bg-pressed aria-pressed:text-ink"
            onPress={() => props.onTemporary(!props.isTemporary)}
          >
            <TemporaryIcon />
          </IconButton>
        )}
        <Suspense>
          {props.threadId !== undefined && view.status !== "failed" && (
            <CarryingMenu threadId={props.threadId} canShare={!props.isTemporary} />
          )}
        </Suspense>
      </ConversationHeader>
      {props.isTemporary && (
        <Suspense>
          <TemporaryBanner thread={view.thread} />
        </Suspense>
      )}
      <Content {...props} />
      <Announcer agentName={replying.agentName(heard(view)?.agent ?? agent)} message={heard(view)} />
      {look && <ReadOnlyNote name={look.person.display_name} />}
      {view.status !== "failed" && !look && (
        <div className="composer-place">
          <TypingElsewhere threadId={props.threadId} />
          <Composer
            user={props.user}
            place={props.threadId ?? "new"}
            agents={agents}
            agent={agent}
            onAgent={isNew ? props.onAgent : undefined}
            isReplying={growing.length > 0}
            maxCharacters={maxCharacters}
            onSend={props.onSend}
            onSendNow={writing ? (text, agent) => props.onSteer(writing.id, text, agent) : undefined}
            onStop={stop}
          />
        </div>
      )}
    </main>
  );
}

/** On another page or device; for the eye only, as it comes and goes. */
function TypingElsewhere({ threadId }: { threadId: string | undefined }) {
  if (!useTypingElsewhere(threadId)) return null;
  return (
    <p aria-hidden="true" className="animate-appear px-3 pb-1 text-muted text-sm">
      <Trans>You are writing on another device …</Trans>
    </p>
  );
}

/** In place of the field: an administrator reads here and writes nothing. */
function ReadOnlyNote({ name }: { name: string }) {
  return (
    <p className="border-line border-t px-4 py-5 text-center text-muted text-sm">
      <Trans>You are viewing as {name}: nothing can be written in their name.</Trans>
    </p>
  );
}

function Content({ view, agents, agent, onAgent, onSend, replying, threadId }: ConversationProps) {
  const { t } = useLingui();
  if (view.messages.length > 0) {
    return (
      <MessageList
        messages={view.messages}
        runs={view.runs}
        replying={replying}
        hasOlder={view.hasOlder}
        isLoadingOlder={view.isLoadingOlder}
        onOlder={view.loadOlder}
      />
    );
  }
  if (view.status === "failed") return <FailedConversation problem={view.problem} onRetry={view.reload} />;
  if (view.status === "loading" && threadId !== undefined) {
    return (
      <div aria-busy="true" className="grid min-h-0 flex-1 place-items-center text-muted">
        <Spinner label={t`Loading the conversation`} className="late size-6" />
      </div>
    );
  }
  if (isLooking()) {
    return (
      <p className="grid min-h-0 flex-1 place-items-center p-6 text-center text-muted">
        <Trans>Choose a conversation to read it.</Trans>
      </p>
    );
  }
  return (
    <div className="flex min-h-0 flex-1 overflow-y-auto">
      <EmptyChat agents={agents} chosen={agent} onChoose={onAgent} onStart={(text) => onSend(text, agent)} />
    </div>
  );
}

/** The answer that a screen reader follows: the newest one. */
function heard({ messages }: ThreadView) {
  const message = messages.findLast(({ role }) => role === "agent");
  if (message === undefined) return null;
  return { id: message.id, agent: message.agent ?? "", text: textOf(message), finished: !isUnfinished(message) };
}
