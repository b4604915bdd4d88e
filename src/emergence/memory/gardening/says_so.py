"""Whether a quote says by itself what its sentence says: “live in Paris” is not what “I don't live in Paris” says."""

import re

from emergence.memory.harvest.own_words import LEFT_OUT
from emergence.memory.question.words import folded

# Without accents, in small letters, as `folded` leaves them.
_DENIES = re.compile(
    r"\b(?:not|never|no|nor|neither|nobody|none|without|hardly|cannot|stopped|quit|used to"
    r"|ne|pas|plus|jamais|sans|ni|aucune?|guere|arrete|cesse)\b|n't\b|\bn'"
)
_SUPPOSES = re.compile(
    r"\b(?:if|unless|whether|maybe|perhaps|wish(?:ed)?|would|could|might|imagin\w*|suppos\w*|pretend\w*|doubt\w*|wonder\w*"
    r"|sa(?:id|ys|ying)|t(?:old|ells?)|thinks?|thought|believes?|claims?|heard|joking|false|wrong|untrue|lie"
    r"|si|peut-etre|voudrais|aimerais|pourrais|serais|dit|disait|disent|raconte|croit|croient|pretend(?:ent)?|parait"
    r"|faux|fausse|mensonge)\b|\bs'ils?\b|\b(?:do|did|am|are|is) (?:i|you|we)\b|\best-ce\b"
)
_SENTENCE_ENDS = re.compile(rf"[.!?…;]+(?=\s|$)|\n|{re.escape(LEFT_OUT)}")
# Where something else begins to be said: by whoever says it, or as a wish.
_ANEW = re.compile(
    r"(?:[,:–—]|\b(?:and|but|so|because|et|mais|donc|car|parce que?)\b)\s+(?:(?:and|but|so|et|mais|donc)\s+)?"
    r"(?=(?:i|i'\w+|my|we|we'\w+|our|please|always|je|j'\w*|mon|ma|mes|nous|notre|nos|toujours)\b)"
)
_CLAUSE_ENDS = re.compile(r"[,:–—]|\b(?:and|but|et|mais)\b")


def says_so(quote: str, text: str) -> bool:
    """Return whether `quote` stands in `text` in whole words, and nothing around it denies it or only supposes it."""
    words = r"\s+".join(map(re.escape, _plain(quote).split()))
    plain = _plain(text)
    places = re.finditer(rf"(?<!\w){words}(?!\w)", plain) if words else ()
    return any(_is_whole(plain, place.start(), place.end()) for place in places)


def _is_whole(text: str, start: int, end: int) -> bool:
    begins = max((found.end() for found in _SENTENCE_ENDS.finditer(text, 0, start)), default=0)
    before = text[begins:start]
    anew = max((found.end() for found in _ANEW.finditer(text, begins) if found.end() <= start), default=begins)
    stops = _SENTENCE_ENDS.search(text, end - 1)
    after = text[end : stops.end() if stops else len(text)]
    clause = _CLAUSE_ENDS.split(after, maxsplit=1)[0]
    asks = after.rstrip().endswith("?")
    return not (asks or _SUPPOSES.search(before) or _DENIES.search(text[anew:start]) or _DENIES.search(clause))


def _plain(text: str) -> str:
    return folded(text).replace("’", "'")
