"""What a wish about answers says, in either language: its language, length, tone, form, and how one is addressed."""

import re
from dataclasses import dataclass

from emergence.memory.question.words import STOP_WORDS, folded, words_of

# What is said of answers, folded: a key, and the values that it can have.
_OF_ANSWERS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "answers.language",
        (
            (r"\b(?:in|en) (?:french|francais)\b", "fr"),
            (r"\b(?:in|en) (?:english|anglais)\b", "en"),
            (r"\b(?:in|en) (?:spanish|espagnol)\b", "es"),
            (r"\b(?:in|en) (?:german|allemand)\b", "de"),
            (r"\b(?:in|en) (?:italian|italien)\b", "it"),
        ),
    ),
    (
        "answers.length",
        (
            (
                r"\b(?:short|shorter|brief|briefly|concise|concisely|courte?s?|breve?s?|bref|brievement|concise?s?|concis)\b",
                "short",
            ),
            (
                r"\b(?:long|longer|lengthy|at length|detailed|in detail|longues?|longuement|detaillee?s?|en detail)\b",
                "long",
            ),
        ),
    ),
    ("answers.address", ((r"\b(?:tutoie|tutoye[rz]?)", "tu"), (r"\b(?:vouvoie|vouvoyer|vouvoyez)", "vous"))),
    (
        "answers.tone",
        (
            (r"\b(?:formal|formally|formelle?s?|formellement|soutenue?)\b", "formal"),
            (r"\b(?:informal|informally|casual|casually|decontractee?s?|familiere?s?|familier)\b", "casual"),
        ),
    ),
    ("answers.emoji", ((r"\bemojis?\b|\bsmileys?\b", "emoji"),)),
    ("answers.units", ((r"\bmetri(?:c|que)s?\b|celsius|kilomet", "metric"), (r"\bimperi|fahrenheit", "imperial"))),
    ("answers.lists", ((r"\bbullet points?\b|\bbullets\b|\blists\b|\blistes\b|\bpuces\b", "lists"),)),
)
_ABOUT_ANSWERS = re.compile(
    r"\b(?:answer|answers|reply|replies|respond|responses?|explanations?|write|speak|talk|use|repond\w*|reponses?|"
    r"explications?|ecri\w*|parl\w*|utilis\w*|tutoie\w*|vouvoie\w*|tutoye\w*|vouvoye\w*|"
    r"keep (?:it|things)|sois|soyez)\b|\bbe (?:more |very )?(?=short|brief|concise|formal|informal|casual)|"
    r"\b(?:fais|faites) (?:plus |tres )?(?=court|bref|long)"
)
_AGAINST = re.compile(
    r"\b(?:(?:never|stop|don't|do not|avoid|without|no|jamais|ne|evite\w*|arrete\w*|sans)\b|(?:plus|pas) d[e']|n')"
)
# “No emojis, please”: where a form of answers is all that is named, it is about answers.
_FORM_ALONE = re.compile(
    r"(?:please,? |stp,? |s'il te plait,? )?(?:no(?: more)?|without|avoid|evite[sz]?|(?:plus|pas) (?:de|d'|les|des)) ?"
    r"(?:les |de |d')?"
    r"(?:emojis?|smileys?|bullet points?|bullets|(?:bullet(?:ed)? )?lists|listes(?: a puces)?|puces)\b"
)
_BESIDES = STOP_WORDS | frozenset(
    """
    always please ever only now time every everything toujours desormais dorenavant stp svp plait uniquement seulement
    chaque fois merci keep it things be sois soyez fais faites from on
    language style way tone manner langage ton facon maniere
    """.split()  # noqa: SIM905 - a list reads worse
)


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing that is wanted of answers; against it where `strength` is below 0."""

    key: str
    value: str
    strength: float


def slots_of(said: str) -> list[Slot]:
    """Return what somebody wants of answers; nothing where it is about something else."""
    plain = folded(said)
    if _ABOUT_ANSWERS.search(plain) is None and _FORM_ALONE.match(plain) is None:
        return []
    strength = -1.0 if _AGAINST.search(plain) else 1.0
    found = ((key, value) for key, values in _OF_ANSWERS for words, value in values if re.search(words, plain))
    return [Slot(key, value, strength) for key, value in found]


def is_same_wish(one: str, other: str) -> bool:
    """Return whether two wishes say the same, and nothing besides: “in French, but not for code” is one of its own."""
    said = _whole(one)
    return said is not None and said == _whole(other)


def _whole(said: str) -> frozenset[Slot] | None:
    slots, rest = slots_of(said), folded(said)
    for _, values in _OF_ANSWERS:
        for words, _ in values:
            rest = re.sub(words, " ", rest)
    rest = _AGAINST.sub(" ", _ABOUT_ANSWERS.sub(" ", rest))
    return frozenset(slots) if slots and _BESIDES.issuperset(words_of(rest)) else None
