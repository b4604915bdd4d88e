"""Markdown as pieces to set on a page. A text of which something would not be seen is set as it stands."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

Look = Literal["plain", "bold", "italic", "code"]
Kind = Literal["heading", "paragraph", "code", "rule"]
NESTING_MAX = 60
INDENT_MAX = 8
_DEEPER = frozenset({"bullet_list_open", "ordered_list_open", "blockquote_open"})
_HIGHER = frozenset({"bullet_list_close", "ordered_list_close", "blockquote_close"})
_AS_IT_STANDS = frozenset({"fence", "code_block", "html_block"})


@dataclass(frozen=True, slots=True)
class Run:
    """Some text of one look."""

    text: str
    look: Look = "plain"


@dataclass(frozen=True, slots=True)
class Block:
    """Runs that belong together: `level` of a heading, `depth` how far in they stand, `mark` what is before them."""

    kind: Kind
    runs: tuple[Run, ...]
    level: int = 0
    depth: int = 0
    mark: str = ""


_markdown = MarkdownIt("commonmark", {"maxNesting": NESTING_MAX}).enable("table").enable("strikethrough")


def blocks_of(text: str) -> list[Block]:
    """Return a text as blocks. Whatever Markdown would leave out (a definition, a title) shows it as it stands."""
    found = list(_blocks(_markdown.parse(text)))
    shown = Counter(letter for block in found for run in block.runs for letter in run.text if letter.isalnum())
    written = Counter(letter for letter in text if letter.isalnum())
    marks = Counter(letter for block in found for letter in block.mark if letter.isalnum())
    if written - shown - marks:
        return [Block("paragraph", (Run(text),))]
    return found


class _Reading:
    """Where the reading of a text stands: how deep, in which lists, and what comes before the next block."""

    def __init__(self) -> None:
        self.depth = 0
        self.mark = ""
        self.heading = 0
        self.lists: list[int | None] = []
        self.row: list[Run] | None = None

    def block(self, kind: Kind, *runs: Run) -> Block:
        """Return a block in this place; the mark before it is used up."""
        made = Block(kind, runs, self.heading, min(self.depth, INDENT_MAX), self.mark)
        self.mark, self.heading = "", 0
        return made

    def begin_item(self) -> None:
        """Take the mark of a list's next item."""
        number = self.lists[-1]
        self.mark = "• " if number is None else f"{number}. "
        self.lists[-1] = None if number is None else number + 1


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    at = _Reading()
    for token in tokens:
        kind = token.type
        if kind in _DEEPER or kind in _HIGHER:
            at.depth += 1 if kind in _DEEPER else -1
            if kind.endswith("list_open"):
                at.lists.append(int(str(token.attrGet("start") or 1)) if kind.startswith("ordered") else None)
            elif kind.endswith("list_close"):
                at.lists.pop()
        elif kind == "list_item_open":
            at.begin_item()
        elif kind == "list_item_close" and at.mark:  # an empty item
            yield at.block("paragraph")
        elif kind == "heading_open":
            at.heading = int(token.tag[1:])
        elif kind == "tr_open":
            at.row = []
        elif kind == "tr_close" and at.row is not None:
            yield at.block("paragraph", *at.row)
            at.row = None
        elif kind == "hr":
            yield at.block("rule")
        elif kind in _AS_IT_STANDS:
            if token.info.strip():
                yield at.block("paragraph", Run(token.info.strip(), "bold"))
            yield at.block("code", Run(token.content.removesuffix("\n"), "code"))
        elif kind == "inline":
            runs = list(_runs(token.children or []))
            if at.row is None:
                yield at.block("heading" if at.heading else "paragraph", *runs)
            else:
                at.row += [Run(" | "), *runs] if at.row else runs


def _runs(children: Sequence[Token]) -> Iterator[Run]:
    is_bold = is_slanted = 0
    links: list[str] = []
    for child in children:
        look: Look = "bold" if is_bold else "italic" if is_slanted else "plain"
        if child.type in ("text", "text_special", "html_inline"):
            yield Run(child.content, look)
        elif child.type == "code_inline":
            yield Run(child.content, "code")
        elif child.type in ("softbreak", "hardbreak"):
            yield Run("\n", look)
        elif child.type == "strong_open":
            is_bold += 1
        elif child.type == "strong_close":
            is_bold -= 1
        elif child.type in ("em_open", "em_close"):
            is_slanted += 1 if child.type == "em_open" else -1
        elif child.type in ("s_open", "s_close"):
            yield Run("~~", look)
        elif child.type == "link_open":
            links.append("" if child.info == "auto" else str(child.attrGet("href") or ""))
        elif child.type == "link_close":
            yield Run(f" ({address})" if (address := links.pop()) else "", look)
        elif child.type == "image":
            yield Run(f"{child.content} ({child.attrGet('src') or ''})", look)
