"""Under which key a preference is kept, so that a later one about the same takes its place."""

import re

from emergence.memory.question.words import Language, folded
from emergence.memory.store.keep_items import NewPreference
from emergence.memory.store.wishes import slots_of

_ARTICLES: dict[Language, str] = {
    "en": r"^(?:the|a|an)\s+",
    "fr": r"^(?:les?|la|l'|des|du|de la|de l'|de|d'|un|une)\s*(?<=[\s'])",
}


def named_preference(said: str) -> NewPreference | None:
    """Return what somebody wants of answers, under its key; None where it is about something else."""
    slots = slots_of(said)
    return None if not slots else NewPreference(slots[0].key, slots[0].value, strength=slots[0].strength)


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
