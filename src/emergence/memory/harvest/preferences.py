"""Under which key a preference is kept, so that a later one about the same takes its place."""

import re

from emergence.memory.question.words import Language, folded
from emergence.memory.store.keep_items import NewPreference

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
                r"\b(?:short|shorter|brief|briefly|concise|concisely|courte?s?|breve?s?|brievement|concise?s?|concis)\b",
                "short",
            ),
            (r"\b(?:long|longer|detailed|in detail|longues?|detaillee?s?|en detail)\b", "long"),
        ),
    ),
    ("answers.address", ((r"\b(?:tutoie|tutoyer|tutoyez)", "tu"), (r"\b(?:vouvoie|vouvoyer|vouvoyez)", "vous"))),
    ("answers.emoji", ((r"\bemojis?\b|\bsmileys?\b", "emoji"),)),
    ("answers.units", ((r"\bmetri(?:c|que)s?\b|celsius|kilomet", "metric"), (r"\bimperi|fahrenheit", "imperial"))),
    ("answers.lists", ((r"\bbullet points?\b|\bbullets\b|\blists\b|\blistes\b|\bpuces\b", "lists"),)),
)
_ABOUT_ANSWERS = re.compile(
    r"\b(?:answer|answers|reply|replies|respond|responses?|explanations?|write|speak|talk|use|repond\w*|reponses?|"
    r"explications?|ecri\w*|parl\w*|utilis\w*|tutoie\w*|vouvoie\w*|tutoye\w*|vouvoye\w*)\b"
)
_ARTICLES: dict[Language, str] = {
    "en": r"^(?:the|a|an)\s+",
    "fr": r"^(?:les?|la|l'|des|du|de la|de l'|de|d'|un|une)\s*(?<=[\s'])",
}
_AGAINST = re.compile(
    r"\b(?:(?:never|stop|don't|do not|avoid|without|no|jamais|ne|evite\w*|arrete\w*|sans|plus d[e'])\b|n')"
)


def named_preference(said: str) -> NewPreference | None:
    """Return what somebody wants of answers, under its key; None where it is about something else."""
    plain = folded(said)
    if _ABOUT_ANSWERS.search(plain) is None:
        return None
    for key, values in _OF_ANSWERS:
        for words, value in values:
            if re.search(words, plain) is not None:
                strength = -1.0 if _AGAINST.search(plain) else 1.0
                return NewPreference(key, value, strength=strength)
    return None


# Words for one thing, in both languages and spellings.
_SAME_THING = {
    "color": "colour", "couleur": "colour", "movie": "film", "livre": "book", "roman": "novel", "auteur": "author",
    "autrice": "author", "chanson": "song", "groupe": "band", "plat": "dish", "meal": "dish", "food": "dish",
    "boisson": "drink", "saison": "season", "ville": "city", "pays": "country", "jeu": "game", "serie": "series",
    "show": "series", "tv show": "series", "acteur": "actor", "actrice": "actor", "actress": "actor", "sports": "sport",
    "fleur": "flower", "fruit": "fruit", "peintre": "painter", "langue": "language", "soccer team": "football team",
}  # fmt: skip


def kind_of_thing(thing: str) -> str:
    """Return one word for what somebody has a favourite of, however it is spelled."""
    plain = re.sub(r"^(?:all-time|absolute|absolue?)\s+", "", folded(thing))
    return _SAME_THING.get(plain, plain)


def preferring(what: str, language: Language) -> NewPreference:
    """Return that somebody likes something better than something else, where they say than what.

    The key names both, `prefers:coffee>tea`: what is preferred the other way round takes its place (`supersede`).
    """
    split = re.split(
        r"\s+(?:over|to|rather than|more than)\s+" if language == "en" else r"\s+(?:à|au|aux|plutôt que)\s+",
        what,
        maxsplit=1,
    )
    sides = [re.sub(_ARTICLES[language], "", folded(side)) for side in split]
    return NewPreference(f"prefers:{'>'.join(sides)}", what)


def liking(what: str, strength: float, language: Language) -> NewPreference:
    """Return that somebody likes something, or does not; articles and « de » do not tell things apart."""
    return NewPreference(f"likes:{re.sub(_ARTICLES[language], '', folded(what))}", what, strength=strength)
