"""Plain text in a Markdown document: shown as it is, whatever it holds."""

import re

# What means something in the middle of a line, also to the wide-spread extensions: links, formulas, struck text.
_MEANINGFUL = re.compile(r"([\\`*_\[\]<>&#~|$@^=]|:(?=//)|(?<=www)\.)")


def escaped(line: str) -> str:
    """Return plain text as Markdown that shows it; it does not begin its line."""
    return _MEANINGFUL.sub(r"\\\1", line)
