/** The screen of one conversation, or of a new one: connects what the wire knows with what is drawn. */
import { useLingui } from "@lingui/react/macro";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useRef, useState } from "react";
import { withTextsOf } from "@/app/with_texts";
import { notify } from "@/design";
import { useLanguage } from "@/i18n/language";
import { useProblemText } from "@/i18n/problem_text";
import {
  type Agent,
  discardUnsent,
  editMessage,
  refusalOf,
  regenerate,
  selectBranch,
  sendAgain,
  sendMessage,
  steerRun,
  stopRun,
  type ThreadView,
  useAgents,
  useDeleted,
  useMe,
  useThread,
  withdrawMessage,
} from "@/wire";
import { Conversation } from "./Conversation";
import { useLastAgent } from "./last_agent";
import type { Replying } from "./messages/replying";

const NO_AGENTS: Agent[] = [];

const withTexts = withTextsOf("later");
const DeletedConversation = lazy(withTexts(() => import("@/managing/DeletedConversation")));
const FoundMessage = lazy(withTexts(() => import("@/managing/search/FoundMessage")));

export function ConversationScreen({ threadId }: { threadId: string | undefined }) {
  const restorableUntil = useDeleted(threadId);
  if (threadId !== undefined && restorableUntil !== undefined) {
    return (
      <Suspense>
        <DeletedConversation threadId={threadId} restorableUntil={restorableUntil} />
      </Suspense>
    );
  }
  // Nothing of one conversation may stay on the screen of the next.
  return <OneConversation key={threadId ?? "new"} threadId={threadId} />;
}

function OneConversation({ threadId }: { threadId: string | undefined }) {
  const me = useMe();
  const agents = useAgents().data ?? NO_AGENTS;
  const [isLeaving, setLeaving] = useState(false);
  const view = useHeld(useThread(threadId), isLeaving);
  const [lastAgent, rememberAgent] = useLastAgent(agents);
  const [isTemporary, setTemporary] = useState(false);
  const acts = useActs(threadId, agents, isTemporary, setLeaving);
  const location = useLocation(); // another object each time that a message is looked for, also for the same one
  const [addressed, setAddressed] = useState<string | null>(null);
  return (
    <>
      <Conversation
        user={me?.user_id ?? ""}
        threadId={threadId}
        view={view}
        agents={agents}
        agent={(threadId === undefined ? null : addressed) ?? talkingWith(view, agents) ?? lastAgent}
        onAgent={rememberAgent}
        isTemporary={threadId === undefined ? isTemporary : view.thread?.temporary === true}
        onTemporary={setTemporary}
        replying={acts.replying}
        onSend={(text, agent) => {
          setAddressed(agent);
          acts.send(text, agent);
        }}
        onSteer={(run, text, agent) => {
          setAddressed(agent);
          acts.steer(run, text, agent);
        }}
        onStop={acts.stop}
      />
      {location.hash !== "" && view.status === "ready" && (
        <Suspense>
          <FoundMessage place={location} view={view} />
        </Suspense>
      )}
    </>
  );
}

/** Who was spoken with last and is here: the next message goes there too. An imported answer may be somebody else's. */
function talkingWith({ messages, thread }: ThreadView, agents: readonly Agent[]): string | undefined {
  const isHere = (agent: string | null) => agents.some(({ id }) => id === agent);
  return messages.findLast(({ agent }) => isHere(agent))?.agent ?? thread?.agent;
}

/** Between a first message's arrival and the opening of its thread, what was shown stays on screen. */
function useHeld(view: ThreadView, isLeaving: boolean): ThreadView {
  const held = useRef(view.messages);
  if (view.messages.length > 0) held.current = view.messages;
  return isLeaving && view.messages.length === 0 ? { ...view, messages: held.current } : view;
}

/** What can be done here. A message that is refused stays on screen and says why; other refusals are told at the edge. */
function useActs(
  threadId: string | undefined,
  agents: readonly Agent[],
  temporary: boolean,
  setLeaving: (isLeaving: boolean) => void,
) {
  const { t } = useLingui();
  const language = useLanguage();
  const navigate = useNavigate();
  const problemText = useProblemText();
  return useMemo(() => {
    const tell = (title: string) => (thrown: unknown) =>
      notify({ title, detail: problemText(refusalOf(thrown)), tone: "danger" });
    const send = async (text: string, agent: string) => {
      if (threadId !== undefined) return await sendMessage({ threadId, agent, text, language });
      setLeaving(true);
      const { thread } = await sendMessage({ agent, text, language, temporary });
      return await navigate({ to: "/t/$threadId", params: { threadId: thread } });
    };
    const sendOrShow = (text: string, agent: string) => void send(text, agent).catch(() => setLeaving(false));
    const replying: Replying = {
      agents,
      agentName: (id) => agents.find((agent) => agent.id === id)?.name ?? id,
      retry: (message, agent) =>
        void regenerate(message, language, agent).catch(tell(t`The answer could not be asked for again`)),
      // A refused edit stands in its message's place and says why, like a refused message.
      edit: (message, text) => void editMessage(message, text, language).catch(() => undefined),
      withdraw: (message) => void withdrawMessage(message).catch(tell(t`The message was not taken back`)),
      select: (message) => void selectBranch(message).catch(tell(t`The other version could not be shown`)),
      goOn: (agent) => sendOrShow(t`Continue where you stopped.`, agent),
      sendAgain: (key) => void sendAgain(key).catch(tell(t`The message was not sent`)),
      discard: (key) => void discardUnsent(key).catch(tell(t`The message could not be removed`)),
    };
    const stop = (run: string) => void stopRun(run).catch(tell(t`The answer could not be stopped`));
    // A refused message stays on screen and says why.
    const steer = (run: string, text: string, agent: string) =>
      void steerRun(run, text, agent, language).catch(() => undefined);
    return { send: sendOrShow, steer, stop, replying };
  }, [threadId, agents, temporary, setLeaving, language, navigate, problemText, t]);
}
