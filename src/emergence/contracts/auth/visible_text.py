"""Refuse characters that nobody sees: they make two names look the same, or a sentence read otherwise than written."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

SENTENCE: Final = "must not hold invisible characters, or such as turn the direction of writing"
NON_JOINER, JOINER = "\u200c", "\u200d"
VIRAMA_CLASS = 9  # of the mark that joins consonants in the scripts of India and its neighbours
LAYOUT = "\t\n\r"  # where these may stand, each field says itself
# What `unicodedata` calls a format character and every reader sees: signs that stand under or around digits.
SEEN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
# What it calls a letter, a mark or a symbol, and nobody sees: fillers of Hangul, Khmer and Braille, grapheme joiner.
UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp"})
# By Unicode's names: scripts whose letters have other shapes beside a joiner, or beside none.
JOINING_SCRIPTS = frozenset(
    {
        "ARABIC",
        "BENGALI",
        "DEVANAGARI",
        "GUJARATI",
        "GURMUKHI",
        "KANNADA",
        "KHMER",
        "MALAYALAM",
        "MONGOLIAN",
        "MYANMAR",
        "ORIYA",
        "SINHALA",
        "SYRIAC",
        "TAMIL",
        "TELUGU",
    }
)
SKIN_TONES = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
VARIATIONS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# The three flags that are written with tags (Unicode Technical Standard 51, RGI): England, Scotland, Wales.
TAGGED_FLAGS = re.compile(
    "\U0001f3f4\U000e0067\U000e0062"
    "(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f"
)


def require_visible(text: str) -> str:
    """Return a text in which every character is seen or shapes its neighbours. Raises ValueError.

    The joiners stay where they are written for a reason: within an emoji, and in scripts that join letters
    (Persian, those of India; RFC 5892 A.1, A.2). A variation selector stays behind what it varies.
    """
    if next(_unseen(text), None) is not None:
        raise PydanticCustomError("invisible_characters", SENTENCE)
    return text


def visible_part(text: str) -> str:
    """Return a text without the characters that `require_visible` refuses."""
    places = set(_unseen(text))
    return "".join(each for place, each in enumerate(text) if place not in places)


def _unseen(text: str) -> Iterator[int]:
    """Yield the places of what nobody sees and what shapes nothing."""
    in_flags = {place for flag in TAGGED_FLAGS.finditer(text) for place in range(*flag.span())}
    for place, each in enumerate(text):
        before, after = text[max(place - 1, 0) : place], text[place + 1 : place + 2]
        if each in (NON_JOINER, JOINER):
            is_right = _shapes(each, VARIATIONS.sub("", text[max(place - 2, 0) : place])[-1:], after)
        elif VARIATIONS.match(each):
            is_right = before != "" and not before.isspace() and not VARIATIONS.match(before)
        else:
            is_right = place in in_flags or _is_seen(each)
        if not is_right:
            yield place


def _is_seen(each: str) -> bool:
    return each in LAYOUT or each in SEEN or not (each in UNSEEN or unicodedata.category(each) in UNSEEN_CATEGORIES)


def _shapes(joiner: str, before: str, after: str) -> bool:
    """Return whether a joiner does something between these two characters."""
    if before == "":
        return False
    if unicodedata.combining(before) == VIRAMA_CLASS:
        return True
    if joiner == JOINER and _is_pictured(before) and _is_pictured(after):
        return True
    return _joins(before) and _joins(after)


def _is_pictured(each: str) -> bool:
    """Return whether a character may stand in an emoji: arrows are mathematical symbols to Unicode."""
    return each != "" and (each in SKIN_TONES or unicodedata.category(each) in ("So", "Sm"))


def _joins(each: str) -> bool:
    if each == "" or unicodedata.category(each)[0] not in "LM":
        return False
    return unicodedata.name(each, "").partition(" ")[0] in JOINING_SCRIPTS


Visible = AfterValidator(require_visible)
