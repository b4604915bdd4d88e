"""The process that sets one PDF: reads a conversation as JSON from its input, writes the file to its output.

A process of its own, because setting takes seconds of a whole core, and because it can be ended.
"""

import json
import logging
import os
import sys
from typing import Any

from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos

from emergence.session.exports.pdf_fonts import MONO, SANS, Fonts
from emergence.session.exports.pdf_limits import MEMORY_MAX_BYTES, TOO_MUCH
from emergence.session.exports.pdf_text import Block, Run, blocks_of

SIZE, CODE_SIZE, TITLE_SIZE, NOTE_SIZE = 10.5, 9.0, 18.0, 9.0
HEADING_SIZES = {1: 15.0, 2: 13.5, 3: 12.0}
LINE, GAP, INDENT = 1.45, 2.0, 6.0
POINTS_PER_MM = 72 / 25.4
INK, QUIET, CODE_GROUND = (28, 28, 30), (110, 110, 115), (244, 244, 246)


class Page(FPDF):
    """A4 with a page's number below."""

    def footer(self) -> None:
        """Set the number."""
        self.set_y(-14)
        self.set_font(SANS, size=8)
        self.set_text_color(*QUIET)
        self.cell(0, 6, str(self.page_no()), align="C")
        self.set_text_color(*INK)


class Setting:
    """One document on its way."""

    def __init__(self) -> None:
        self._pdf = Page(format="A4")
        self._fonts = Fonts(self._pdf)
        self._pdf.set_margins(20, 18)
        self._pdf.set_auto_page_break(True, 20)
        self._pdf.set_text_color(*INK)
        self._pdf.add_page()

    def begin(self, title: str, told: str) -> None:
        """Set what is above the conversation."""
        self._pdf.set_title(title)
        self._pdf.set_creator("Emergence")
        self._lines(title, SANS, "B", TITLE_SIZE)
        self._lines(told, SANS, "", NOTE_SIZE, QUIET)

    def message(self, heading: str, parts: list[str]) -> None:
        """Set what somebody said."""
        self._pdf.ln(GAP * 2)
        self._lines(heading, SANS, "B", NOTE_SIZE, QUIET)
        for part in parts:
            for block in blocks_of(part):
                self._block(block)

    def whole(self) -> bytes:
        """Return the file."""
        return bytes(self._pdf.output())

    def _block(self, block: Block) -> None:
        pdf, left = self._pdf, self._pdf.l_margin
        pdf.set_left_margin(left + INDENT * block.depth)
        pdf.set_x(pdf.l_margin)
        try:
            if block.kind == "rule":
                pdf.ln(GAP)
                pdf.line(pdf.l_margin, pdf.y, pdf.w - pdf.r_margin, pdf.y)
                pdf.ln(GAP)
            elif block.kind == "code":
                self._code(block)
            else:
                self._written(block)
        finally:
            pdf.set_left_margin(left)
            pdf.set_x(left)

    def _written(self, block: Block) -> None:
        size = HEADING_SIZES.get(block.level, SIZE + 0.5) if block.kind == "heading" else SIZE
        if block.kind == "heading":
            self._pdf.ln(GAP / 2)
        for run in (Run(block.mark), *block.runs) if block.mark else block.runs:
            self._set_look(run, size, block.kind == "heading")
            self._pdf.write(_height(size), self._fonts.settable(run.text))
        self._pdf.ln(_height(size))
        self._pdf.ln(GAP / 2)

    def _set_look(self, run: Run, size: float, is_heading: bool) -> None:
        if run.look == "code":
            self._pdf.set_font(MONO, size=size - 1)
        else:
            is_bold = is_heading or run.look == "bold"
            self._pdf.set_font(SANS, style="B" if is_bold else "I" if run.look == "italic" else "", size=size)

    def _code(self, block: Block) -> None:
        if block.mark:
            self._lines(block.mark, SANS, "", SIZE)
            self._pdf.set_x(self._pdf.l_margin)
        self._pdf.set_fill_color(*CODE_GROUND)
        text = "".join(run.text for run in block.runs)
        self._lines(text, MONO, "", CODE_SIZE, fill=True)
        self._pdf.ln(GAP)

    def _lines(
        self, text: str, family: str, style: str, size: float, colour: tuple[int, int, int] = INK, *, fill: bool = False
    ) -> None:
        settable = self._fonts.settable(text)
        self._pdf.set_font(family, style="B" if style == "B" else "", size=size)
        self._pdf.set_text_color(*colour)
        self._pdf.multi_cell(
            0,
            _height(size),
            settable,
            align="L",
            fill=fill,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
            wrapmode=WrapMode.WORD,
        )
        self._pdf.set_text_color(*INK)


def _height(size: float) -> float:
    return size * LINE / POINTS_PER_MM


def main() -> None:
    """Read, set, write; end with TOO_MUCH when that takes more memory than it may."""
    logging.disable(logging.CRITICAL)  # libraries tell of texts and fonts
    _bound_memory()
    try:
        _set()
    except MemoryError:
        os._exit(TOO_MUCH)  # the interpreter's own farewell may need memory, too, and then ends with another status


def _bound_memory() -> None:
    """Have this process fail, and not the service beside it, where the system can do so."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX_BYTES, MEMORY_MAX_BYTES))


def _set() -> None:
    setting = Setting()
    for number, line in enumerate(sys.stdin.buffer):
        told: Any = json.loads(line)
        if number == 0:
            setting.begin(told["title"], told["told"])
        else:
            setting.message(told["heading"], told["parts"])
    sys.stdout.buffer.write(setting.whole())


if __name__ == "__main__":
    main()
