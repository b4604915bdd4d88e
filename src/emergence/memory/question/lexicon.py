"""Other forms of a word: irregular ones of its own language, and what it is called in the other one.

The two lists beside this file are our own. A word is looked up by its stem, so that they hold no regular endings.
"""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from threading import Lock

from Stemmer import Stemmer  # type: ignore[import-not-found]

from emergence.memory.question.words import STOP_WORDS, Language, folded, words_of
from emergence.memory.store.forms import Form

# Endings that differ between the languages where the word is one: "tradition", "musique", "liberté", "danseur".
_COGNATES = {
    "fr": (("ique", "ic"), ("iques", "ic"), ("te", "ty"), ("ie", "y"), ("eur", "or"), ("eur", "er"), ("isme", "ism"),
           ("iste", "ist"), ("aire", "ary"), ("eux", "ous"), ("euse", "ous"), ("el", "al"), ("elle", "al"),
           ("ien", "ian"), ("ien", "an"), ("er", "e"), ("er", ""), ("e", "")),
    "en": (("ic", "ique"), ("ty", "te"), ("y", "ie"), ("or", "eur"), ("er", "eur"), ("ism", "isme"), ("ist", "iste"),
           ("ary", "aire"), ("ous", "eux"), ("al", "el"), ("ian", "ien"), ("e", "er"), ("", "e")),
}  # fmt: skip
_PAIRS: tuple[tuple[Language, Language], ...] = (("en", "fr"), ("fr", "en"))
_STEMMING = Lock()  # questions are read in several threads, and a stemmer holds the word that it is at
_SHORTEST_STEM = 3  # letters that both forms must share


def forms_of(word: str, language: Language | None) -> tuple[Form, ...]:
    """Return the word, its irregular forms and its translations; reads the lists at the first call.

    Where nothing else tells its language, a word that one language alone lists is of that one.
    """
    plain = folded(word)
    if language is None:
        listing = [known for known, _ in _PAIRS if _found(_translations()[known], word, known)]
        language = listing[0] if len(listing) == 1 else None
    forms = {Form(word, language): None}
    for known, other in _PAIRS if language is None else (pair for pair in _PAIRS if pair[0] == language):
        translated = _found(_translations()[known], word, known)
        forms |= dict.fromkeys(Form(each, known) for each in _found(_irregular(), word, known))
        forms |= dict.fromkeys(Form(each, other) for each in translated or _cognates(plain, known))
    return tuple(forms)


def _cognates(plain: str, language: Language) -> Iterable[str]:
    singular = plain.removesuffix("s")
    for here, there in _COGNATES[language]:
        stem = singular.removesuffix(here) if singular.endswith(here) else ""
        if len(stem) >= _SHORTEST_STEM:
            yield stem + there


def _found(listed: dict[str, tuple[str, ...]], word: str, language: Language) -> tuple[str, ...]:
    for stem in stems_of(word, language):
        if stem in listed:
            return listed[stem]
    return ()


@cache
def _translations() -> dict[Language, dict[str, tuple[str, ...]]]:
    english: dict[str, tuple[str, ...]] = {}
    french: dict[str, tuple[str, ...]] = {}
    for line in _lines("lexicon.txt"):
        left, right = (_telling(side) for side in line.split(" = "))
        for word in left:
            _note(french, word, "fr", right)
        for word in right:
            _note(english, word, "en", left)
    return {"en": english, "fr": french}


@cache
def _irregular() -> dict[str, tuple[str, ...]]:
    listed: dict[str, tuple[str, ...]] = {}
    for line in _lines("irregular.txt"):
        together = tuple(words_of(line))
        for word in together:
            _note(listed, word, "en", together)
            _note(listed, word, "fr", together)
    return listed


def _note(listed: dict[str, tuple[str, ...]], word: str, language: Language, others: tuple[str, ...]) -> None:
    for stem in stems_of(word, language):
        listed[stem] = tuple(dict.fromkeys((*listed.get(stem, ()), *others)))


def _telling(side: str) -> tuple[str, ...]:
    return tuple(word for word in words_of(side) if folded(word) not in STOP_WORDS)


def stems_of(word: str, language: Language) -> tuple[str, ...]:
    """Return what a word has in common with its other forms, in small letters without accents."""
    stemmer, plain = _stemmers()[language], folded(word)
    singular = plain[:-1] if plain.endswith(("s", "x")) else plain  # the French stemmer leaves "vélos" as it is
    with _STEMMING:
        return tuple(dict.fromkeys((singular, folded(stemmer.stemWord(word)), stemmer.stemWord(plain))))


@cache
def _stemmers() -> dict[Language, Stemmer]:
    return {"en": Stemmer("english"), "fr": Stemmer("french")}


def _lines(name: str) -> list[str]:
    text = files("emergence.memory.question").joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
