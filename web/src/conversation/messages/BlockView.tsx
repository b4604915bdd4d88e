/** Neighbouring turns of a conversation: drawn again only when one of them changed. */
import { memo } from "react";
import { isSameTurn, TurnView, type TurnViewProps } from "./TurnView";
import type { Block, Turn } from "./turns";

interface BlockViewProps extends Pick<TurnViewProps, "runs" | "replying" | "writing"> {
  block: Block;
  /** The thread's last turn, and the key of the one that is as tall as the view. */
  last: Turn | undefined;
  roomy: string | null;
}

export const BlockView = memo(function BlockView({ block, ...shown }: BlockViewProps) {
  return (
    // How many there are is the guess of how high they are until they have been laid out.
    <div className="turn-block" style={{ "--turns": block.turns.length } as React.CSSProperties}>
      {block.turns.map((turn) => (
        <TurnView key={turn.key} {...turnProps(turn, shown)} />
      ))}
    </div>
  );
}, isSameBlock);

function turnProps(turn: Turn, { last, roomy, ...shown }: Omit<BlockViewProps, "block">): TurnViewProps {
  return { ...shown, turn, isLast: turn === last, isRoomy: turn.key === roomy };
}

function isSameBlock({ block: before, ...was }: BlockViewProps, { block: after, ...is }: BlockViewProps): boolean {
  return before === after && after.turns.every((turn) => isSameTurn(turnProps(turn, was), turnProps(turn, is)));
}
