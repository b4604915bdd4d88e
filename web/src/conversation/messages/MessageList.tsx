/** A thread's messages: the end stays in view until the reader scrolls up, and a sent question goes to the top. */
import { useLingui } from "@lingui/react/macro";
import { useEffect, useRef, useState } from "react";
import { useStickToBottom } from "use-stick-to-bottom";
import { ArrowDownIcon, IconButton, Spinner } from "@/design";
import type { ShownMessage, ShownRun } from "@/wire";
import { BlockView } from "./BlockView";
import "./messages.css";
import type { Replying } from "./replying";
import { type Block, groupBlocks, groupTurns, isUnfinished, type Turn } from "./turns";
import { useOlderMessages } from "./use_older_messages";

interface MessageListProps {
  messages: readonly ShownMessage[];
  runs: Readonly<Record<string, ShownRun>>;
  replying: Replying;
  hasOlder: boolean;
  isLoadingOlder: boolean;
  onOlder: () => Promise<void>;
}

export function MessageList({ messages, runs, replying, hasOlder, isLoadingOlder, onOlder }: MessageListProps) {
  const { t } = useLingui();
  const { turns, blocks } = useTurns(messages);
  const last = turns.at(-1);
  const writing = messages.find(isUnfinished)?.id;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const { scrollRef, contentRef, scrollToBottom, isAtBottom } = useStickToBottom({
    initial: "instant",
    resize: calm ? "instant" : "smooth",
  });
  const roomy = useRoomForAnswer(last, () => void scrollToBottom(calm ? "instant" : "smooth"));
  const startRef = useRef<HTMLDivElement>(null);
  useOlderMessages({ scrollRef, startRef, firstKey: turns[0]?.key, hasOlder, isLoadingOlder, onOlder });
  return (
    <div className="relative min-h-0 flex-1">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section ref={scrollRef} aria-label={t`Messages`} tabIndex={0} className="message-scroll">
        <div ref={contentRef} className="mx-auto flex w-full max-w-reading flex-col px-4 sm:px-6">
          <div ref={startRef} className="flex h-8 items-center justify-center text-muted">
            {isLoadingOlder && <Spinner label={t`Loading earlier messages`} />}
          </div>
          {blocks.map((block) => (
            <BlockView
              key={block.key}
              block={block}
              runs={runs}
              replying={replying}
              last={last}
              roomy={roomy}
              writing={writing}
            />
          ))}
        </div>
      </section>
      {!isAtBottom && (
        <div className="pointer-events-none absolute inset-x-0 bottom-3 flex animate-appear justify-center">
          <IconButton
            label={t`Go to the end`}
            variant="secondary"
            className="pointer-events-auto rounded-full! bg-raised shadow-mid"
            onPress={() => void scrollToBottom(calm ? "instant" : "smooth")}
          >
            <ArrowDownIcon />
          </IconButton>
        </div>
      )}
    </div>
  );
}

function useTurns(messages: readonly ShownMessage[]): { turns: Turn[]; blocks: Block[] } {
  const previous = useRef<{ turns: Turn[]; blocks: Block[] }>({ turns: [], blocks: [] });
  const turns = groupTurns(messages, previous.current.turns);
  previous.current = { turns, blocks: groupBlocks(turns, previous.current.blocks) };
  return previous.current;
}

/**
 * Return the key of the turn that gets the height of the view, so that its question stands at the top and
 * the answer fills the room below: one that began, or was still being answered, since the thread was opened.
 */
function useRoomForAnswer(last: Turn | undefined, scrollToEnd: () => void): string | null {
  const lastKey = last?.key;
  const [openedWith] = useState(() => (last?.answers.some(isUnfinished) || !last?.answers.length ? null : lastKey));
  const isNew = lastKey !== undefined && lastKey !== openedWith;
  const seen = useRef(lastKey);
  const scroll = useRef(scrollToEnd);
  scroll.current = scrollToEnd;
  useEffect(() => {
    if (lastKey === undefined || lastKey === seen.current) return;
    seen.current = lastKey;
    scroll.current();
  }, [lastKey]);
  return isNew ? lastKey : null;
}
