/** A message's Markdown; while it grows, only its last block is drawn again. */
import { memo, useRef } from "react";
import { Fallible } from "../Fallible";
import { BlockTokens } from "./BlockTokens";
import { type Block, NO_BLOCKS, splitBlocks } from "./blocks";
import "./markdown.css";
import "./nesting.css";
import { readBlock } from "./read_block";

interface MarkdownTextProps {
  text: string;
  /** More text is coming: half-typed syntax is closed, half-typed links are not links. */
  streaming?: boolean;
  onDrawn?: (block: Block) => void;
}

export function MarkdownText({ text, streaming = false, onDrawn }: MarkdownTextProps) {
  const previous = useRef(NO_BLOCKS);
  const split = splitBlocks(text, previous.current);
  previous.current = split;
  const last = split.blocks.length - 1;
  return (
    <div className="markdown" dir="auto">
      {split.blocks.map((block, index) => (
        <MarkdownBlock
          key={block.start}
          block={block}
          definitions={split.definitions}
          open={streaming && index === last}
          onDrawn={onDrawn}
        />
      ))}
    </div>
  );
}

interface MarkdownBlockProps {
  block: Block;
  definitions: string;
  open: boolean;
  onDrawn: ((block: Block) => void) | undefined;
}

const MarkdownBlock = memo(
  function MarkdownBlock({ block, definitions, open, onDrawn }: MarkdownBlockProps) {
    onDrawn?.(block);
    return (
      <Fallible subject={block.raw} fallback={<p className="source">{block.raw}</p>}>
        <BlockTokens tokens={readBlock(block, definitions, open)} open={open} />
      </Fallible>
    );
  },
  (before, after) =>
    before.block.raw === after.block.raw && before.open === after.open && before.definitions === after.definitions,
);
