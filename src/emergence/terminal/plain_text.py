"""Text between people and a terminal: typed bytes that are no text, and control characters in what others wrote."""

import re
import sys

# C0 and C1 (ECMA-48) but for line feed and tab: an answer must not move the cursor or fill the clipboard.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
REPLACEMENT = "\ufffd"


def typed_text(text: str) -> str:
    """Return an argument or a line as text: bytes that were not UTF-8 become U+FFFD."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def shown_text(text: str) -> str:
    """Return what may be written to a terminal; whoever reads a pipe gets every character."""
    return _CONTROLS.sub(REPLACEMENT, text) if sys.stdout.isatty() else text
