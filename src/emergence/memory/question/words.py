"""Words as they are compared, and those that say nothing of what is asked."""

import re
from typing import Literal
from unicodedata import combining, normalize

QUESTION_MAX_CHARACTERS = 1_000  # a pasted page is not a question: only its beginning is read

Language = Literal["en", "fr"]

_WORD = re.compile(r"[^\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})

_ENGLISH = """
a about after again all also am an and any are as at be because been before being both but by can could d did didn do
does doesn doing don down during each either else ever every few for from had has have having he her here hers him his
how i if in into is isn it its just ll m may me might mine more most my no nor not of off on once only or other our
ours out over own re s same shall she should so some such t than that the their theirs them then there these they this
those through to too under until up us ve very was wasn we were what when where which while who whom whose why will
with won would yet you your yours
"""
_FRENCH = """
a ai aient ait alors as au aucun aux avaient avais avait avec avez avoir avons c ca car ce ceci cela celle celles
celui ces cet cette ceux ci combien comme comment d dans de depuis des donc dont du elle elles en encore entre es
est et etaient etais etait ete etes etre eu eux fut ici il ils j je jusqu l la le les leur leurs lorsqu lui m ma
mais me meme mes mien moi mon n ne ni nos notre nous on ont ou par parce pas pendant peu peut peux plus pour
pourquoi puis puisqu qu quand que quel quelle quelles quels qui quoi quoiqu s sa sans se sera serait ses si sien
soi sois soit sommes son sont sous suis sur t ta te tes tien toi ton tous tout toute toutes tres tu un une vers vos
votre vous y
"""
ENGLISH_STOP_WORDS, FRENCH_STOP_WORDS = frozenset(_ENGLISH.split()), frozenset(_FRENCH.split())
STOP_WORDS = ENGLISH_STOP_WORDS | FRENCH_STOP_WORDS


def folded(text: str) -> str:
    """Return `text` in small letters without accents and ligatures; `folded` of the migrations is its twin."""
    decomposed = normalize("NFD", text.lower().translate(_LIGATURES))
    return "".join(letter for letter in decomposed if not combining(letter))


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters, with their accents."""
    return _WORD.findall(text.lower().translate(_LIGATURES))


def language_of(words: list[str]) -> Language | None:
    """Return the language that the small words of a question are of, or None when they do not tell."""
    plain = [folded(word) for word in words]
    english = sum(word in ENGLISH_STOP_WORDS and word not in FRENCH_STOP_WORDS for word in plain)
    french = sum(word in FRENCH_STOP_WORDS and word not in ENGLISH_STOP_WORDS for word in plain)
    if english == french:
        return None
    return "en" if english > french else "fr"
