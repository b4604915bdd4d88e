"""What people type is made text, and what others wrote cannot take a terminal over."""

import sys

import pytest

from emergence.terminal.plain_text import shown_text, typed_text

HOSTILE = "a\x1b]0;owned\x07b\x9b31mc\rd\x08e"


@pytest.mark.parametrize(("typed", "text"), [("caf\udcff", "caf\ufffd"), ("café\n日本", "café\n日本"), ("", "")])
def test_bytes_that_are_no_text_are_replaced(typed: str, text: str) -> None:
    assert typed_text(typed) == text


class Screen:
    """Standard output that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_no_control_characters_but_line_and_tab(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Screen())

    assert shown_text(HOSTILE) == "a\ufffd]0;owned\ufffdb\ufffd31mc\ufffdd\ufffde"
    assert shown_text("one\n\ttwo é") == "one\n\ttwo é"


def test_a_pipe_gets_every_character() -> None:
    assert shown_text(HOSTILE) == HOSTILE
