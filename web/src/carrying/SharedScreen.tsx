// What anybody with a link reads: a conversation as it was when the link was made, and nothing else of its person.
import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { LanguageSwitch } from "@/app/LanguageSwitch";
import { AgentMark } from "@/conversation/AgentMark";
import { Fallible } from "@/conversation/Fallible";
import { MarkdownText } from "@/conversation/markdown/MarkdownText";
import { Button, InlineNotice, Mark, notify, Spinner } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { refusalOf } from "@/wire";
import { copyShared, readShared, type SharedConversation, type SharedMessage } from "@/wire/carrying";
import { useLogin } from "@/wire/login";

export function SharedScreen() {
  const { t } = useLingui();
  const token = useToken();
  const isSignedIn = useLogin(({ status: is }) => is === "signed-in");
  const { data, error, status, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ["shared", token],
    queryFn: ({ pageParam }) => readShared(token, pageParam),
    initialPageParam: 0,
    getNextPageParam: (page: SharedConversation) => page.next ?? undefined,
  });
  useHiddenFromSearch();
  const first = data?.pages[0];
  useEffect(() => {
    document.title = `${first?.title || t`Shared conversation`} · Emergence`;
  }, [first, t]);
  return (
    <div className="flex h-full flex-col overflow-y-auto bg-canvas">
      <header className="flex items-center justify-between border-line border-b px-4 py-3 sm:px-8">
        <a href="/" className="flex items-center gap-2.5 font-semibold tracking-tight">
          <Mark className="size-7" />
          Emergence
        </a>
        <LanguageSwitch />
      </header>
      <main aria-busy={status === "pending"} className="mx-auto w-full max-w-3xl flex-1 px-4 pt-8 pb-20 sm:px-8">
        {first === undefined ? (
          <Nothing error={error} isLoading={status === "pending"} onRetry={() => void refetch()} />
        ) : (
          <>
            <Head shared={first} />
            <ol className="mt-8 flex flex-col gap-8">
              {data?.pages
                .flatMap(({ messages }) => messages)
                .map((message, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: what a link shows never moves, and has no ids
                  <li key={place}>
                    {message.role === "user" ? <Said message={message} /> : <Answer message={message} />}
                  </li>
                ))}
            </ol>
            {hasNextPage && (
              <Button className="mt-8" isPending={isFetchingNextPage} onPress={() => void fetchNextPage()}>
                <Trans>Show more of the conversation</Trans>
              </Button>
            )}
            {isSignedIn && !hasNextPage && <GoOn token={token} />}
          </>
        )}
      </main>
    </div>
  );
}

/** What stands behind the `#`, also when another link is opened in the same page. */
function useToken(): string {
  const [token, setToken] = useState(() => location.hash.slice(1));
  useEffect(() => {
    const follow = () => setToken(location.hash.slice(1));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return token;
}

function useHiddenFromSearch(): void {
  useEffect(() => {
    const robots = document.createElement("meta");
    robots.name = "robots";
    robots.content = "noindex, nofollow, noarchive";
    document.head.append(robots);
    return () => robots.remove();
  }, []);
}

function Nothing({ error, isLoading, onRetry }: { error: unknown; isLoading: boolean; onRetry: () => void }) {
  const { t } = useLingui();
  const problemText = useProblemText();
  if (isLoading) return <Spinner label={t`Loading the conversation`} className="late size-6 text-muted" />;
  return (
    <>
      <h1 className="mb-4 text-2xl">
        <Trans>There is nothing to read here</Trans>
      </h1>
      <InlineNotice tone="warning">
        <p>{problemText(refusalOf(error))}</p>
        <Button size="sm" className="mt-2" onPress={onRetry}>
          <Trans>Try again</Trans>
        </Button>
      </InlineNotice>
    </>
  );
}

function Head({ shared }: { shared: SharedConversation }) {
  const { i18n } = useLingui();
  const { author } = shared;
  const at = i18n.date(new Date(shared.shown_at), { dateStyle: "long", timeStyle: "short" });
  return (
    <div className="flex flex-col gap-2">
      <h1 dir="auto" className="break-words text-2xl">
        {shared.title || <Trans>Shared conversation</Trans>}
      </h1>
      <p className="text-muted text-sm">
        {author === null ? (
          <Trans>As it was on {at}</Trans>
        ) : (
          <Trans>
            Shared by {author}, as it was on {at}
          </Trans>
        )}
      </p>
    </div>
  );
}

/** For whoever has an account here. */
function GoOn({ token }: { token: string }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const problemText = useProblemText();
  const [isPending, setPending] = useState(false);
  const goOn = async () => {
    setPending(true);
    try {
      await navigate({ to: "/t/$threadId", params: { threadId: await copyShared(token) } });
    } catch (thrown) {
      setPending(false);
      notify({ title: t`It cannot be continued`, detail: problemText(refusalOf(thrown)), tone: "danger" });
    }
  };
  return (
    <Button variant="primary" className="mt-8" isPending={isPending} onPress={() => void goOn()}>
      <Trans>Continue this conversation</Trans>
    </Button>
  );
}

const textOf = ({ parts }: SharedMessage) => parts.map(({ text }) => text).join("");

function Said({ message }: { message: SharedMessage }) {
  const { t } = useLingui();
  return (
    <article aria-label={t`Question`} className="flex flex-col items-end">
      <p
        dir="auto"
        className="max-w-[88%] whitespace-pre-wrap break-words rounded-2xl rounded-br-md bg-hover px-4 py-2.5 text-reading sm:max-w-[80%]"
      >
        {textOf(message)}
      </p>
    </article>
  );
}

function Answer({ message }: { message: SharedMessage }) {
  const { t } = useLingui();
  const text = textOf(message);
  const agent = message.agent ?? "";
  const name = agent.charAt(0).toLocaleUpperCase() + agent.slice(1);
  return (
    <article aria-label={t`${name}’s answer`} data-agent={agent} className="flex flex-col gap-2">
      <header className="flex items-center gap-2.5">
        <AgentMark agent={agent} />
        <span className="font-semibold text-agent text-base">{name}</span>
      </header>
      <Fallible subject={text} fallback={<p className="whitespace-pre-wrap break-words">{text}</p>}>
        <MarkdownText text={text} />
      </Fallible>
      {message.status !== "complete" && (
        <p className="text-muted text-sm">
          <Trans>This answer is not complete.</Trans>
        </p>
      )}
    </article>
  );
}
