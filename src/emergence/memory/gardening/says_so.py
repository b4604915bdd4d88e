"""Whether a quote says by itself what its sentence says: “live in Paris” is not what “I don't live in Paris” says.

It begins where something begins to be said, with whoever says it of themself, so that no “not”, “if” or “my son is” is
left out before it, and nothing behind it takes it back.
"""

import re

from emergence.memory.harvest.own_words import LEFT_OUT
from emergence.memory.question.words import folded

# Without accents, in small letters, as `folded` leaves them.
_DENIES = re.compile(
    r"\b(?:not|never|no|nor|neither|nobody|none|without|hardly|anymore|pas|plus|jamais|sans|ni|aucune?|guere)\b|n't\b"
)
_SUPPOSES = re.compile(
    r"\b(?:if|unless|whether|maybe|perhaps|wish(?:ed)?|would|could|might|imagin\w*|suppos\w*|pretend\w*|doubt\w*|wonder\w*"
    r"|sa(?:id|ys|ying)|t(?:old|ells?)|thinks?|thought|believes?|claims?|writes?|wrote|asks?|asked|heard|hears|joking|kidding"
    r"|false|wrong|untrue|lie|lies|story|novel|dream\w*|song"
    r"|si|peut-etre|voudrais|aimerais|pourrais|serais|dit|disait|disent|raconte\w*|croi(?:t|ent)|pretend(?:ent)?|parait"
    r"|ecrit|ecrivent|demand\w*|exclu|faux|fausse|mensonge|histoire|reve\w*|blague\w*|chanson)\b"
    r"|\bs'ils?\b|\b(?:do|did|am|are|is) (?:i|you|we)\b|\best-ce\b"
)
_SENTENCE_ENDS = re.compile(rf"[.!?…;]+(?=\s|$)|\n|{re.escape(LEFT_OUT)}")
# What may stand before it: a greeting, a small word, a time, a label of one's own.
_OPENS = re.compile(
    r"\W*(?:(?:and|but|so|also|well|ok|okay|yes|no|yeah|oh|hi|hello|hey|please|actually|now|today|then|still|by the way"
    r"|btw|for (?:info|information|the record)|fyi|note|ps|nb|update|correction|remember(?: that)?|since then"
    r"|in (?:19|20)\d\d"
    r"|et|mais|donc|alors|aussi|bon|bah|oui|non|bonjour|salut|coucou|merci|en fait|maintenant|aujourd'hui|au fait"
    r"|pour info|rappel|en (?:19|20)\d\d|anima|neo|nexus|thanks|thank you|because|as|car|parce que?)\b\W*)*"
)
# Where something else begins: behind a comma or a joining word, by whoever speaks, or as a wish.
_ANEW = re.compile(r"(?:[,–—]|\b(?:and|but|so|because|et|mais|donc|car|parce que?)\b)\s+")
_SPEAKS = re.compile(
    r"(?:(?:and|but|so|also|please|et|mais|donc|aussi)\s+)*"
    r"(?:(?:i|we|my|our|je|mon|ma|mes|nous|notre|nos|on|moi)\b|(?:i|we)'|j'"
    r"|(?:always|never|don't|do not|from now on|call|use|answer|reply|keep|be|remember|please|stop|speak|write|avoid"
    r"|toujours|jamais|ne|n'|desormais|dorenavant|appelle|appelez|utilise[zr]?|reponds|repondez|garde[zr]?|sois|soyez"
    r"|tutoie\w*|vouvoie\w*|parle[zr]?|ecris|ecrivez|evite[zr]?|retiens|souviens|merci de)\b)"
)
_SPOKE = re.compile(r"\b(?:i|we|je|nous)\b|\bj'|^\W*(?:please|always|never|don't)\b")
# What may follow in the clause: nothing, or what tells more of the same: where, with whom, since when.
_GOES_ON = re.compile(
    r"\W*(?:$|(?:with|in|at|near|on|from|since|for|as|to|of|because|please|now|too|also|though|thanks|very|a lot"
    r"|so much|there|here|again|any ?more|most|best|avec|dans|a|au|aux|chez|pres|sur|depuis|pour|car|parce|de|du|des|en"
    r"|maintenant|aussi|merci|tres|beaucoup|ici|la-bas|s'il|stp|svp)\b)"
)
_TAKEN_BACK = re.compile(r"\W*(?:or )?(?:not|no|just kidding|kidding|joking|pas|non|je plaisante|je blague)\b[^a-z]*$")
_CLAUSE_ENDS = re.compile(r"[,:–—]|\b(?:and|but|et|mais)\b")


def says_so(quote: str, text: str) -> bool:
    """Return whether `quote` stands in `text` from where it begins to be said, in whole words, and stands by itself."""
    plain, words = _plain(text), r"\s+".join(map(re.escape, _plain(quote).split()))
    places = re.finditer(rf"(?<!\w){words}(?!\w)", plain) if words else ()
    return any(_is_whole(plain, place.start(), place.end()) for place in places)


def _is_whole(text: str, start: int, end: int) -> bool:
    begins = max((found.end() for found in _SENTENCE_ENDS.finditer(text, 0, start)), default=0)
    before = text[begins:start]
    stops = _SENTENCE_ENDS.search(text, end - 1)
    after = text[end : stops.end() if stops else len(text)]
    if after.rstrip().endswith("?") or not _begins(before, text[start:end]) or _SUPPOSES.search(before):
        return False
    clause = _CLAUSE_ENDS.split(after, maxsplit=1)[0]
    return _GOES_ON.match(clause) is not None and not (_DENIES.search(clause) or _TAKEN_BACK.search(after))


def _begins(before: str, quote: str) -> bool:
    """Return whether a sentence begins with the quote, or something anew in it: by who spoke before, or as a wish."""
    if _OPENS.fullmatch(before):
        return True
    if ":" in before or not _SPEAKS.match(quote) or not _SPOKE.search(before):
        return False
    return any(_OPENS.fullmatch(before, found.end()) for found in _ANEW.finditer(before))


def _plain(text: str) -> str:
    return folded(text).replace("’", "'")
