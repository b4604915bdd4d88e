"""From what a model found to items: each must quote the person literally, and say of facts what stands in the quote.

What stands around the quote must not turn it round: a model that quotes “live in Paris” of “I don't” is not believed.

How somebody wants to be answered and what they like is kept in the words of the quote. Anything else that the model
words so that it says more than the quote is kept as an agent's words: never in the profile, never a hint, and marked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from emergence.contracts.consolidation import FoundItem
from emergence.contracts.memory.items import ItemKind
from emergence.memory.gardening.ask_model import Read, Shown
from emergence.memory.gardening.digest import Digest
from emergence.memory.gardening.says_so import says_so
from emergence.memory.harvest.own_words import LEFT_OUT
from emergence.memory.harvest.preferences import named_preference
from emergence.memory.question.lexicon import stems_of
from emergence.memory.question.words import STOP_WORDS, folded, language_of, words_of
from emergence.memory.store.item_sources import Source, stands_in
from emergence.memory.store.keep_items import DECIDED_BY_THE_PERSON, NewFact, NewItem, NewPreference

CONFIDENCE = 0.7  # less than what was said in so many words
_IMPORTANCE: dict[ItemKind, float] = {
    "fact": 0.7, "preference": 0.6, "instruction": 0.8, "event": 0.6, "note": 0.5
}  # fmt: skip
# What a model may call things by beside the words of the quote: "Lives in Nantes" of “I moved to Nantes”.
_PLAIN = """
person user named called name lives live living works work working born old year years aged age studies study speaks
speak partner married wife husband allergic plans planned likes dislikes prefers owns has
personne utilisateur utilisatrice nomme appelle prenom nom vit habite travaille ne nee an ans age etudie parle conjoint
marie femme mari allergique prevoit aime deteste prefere possede
"""
_PLAIN_WORDS = frozenset(_PLAIN.split())
_MOST_QUOTED = 120  # characters of a turn that a summary cites


@dataclass(frozen=True, slots=True)
class Checked:
    """What holds of what a model found, and how much does not."""

    items: Sequence[NewItem]
    digest: Digest | None
    refused: int


def check_found(read: Read) -> Checked:
    """Return what may be kept of what a model found."""
    items = [_item(found, read.shown) for found in read.found.items]
    kept = [item for item in items if item is not None]
    return Checked(kept, _digest(read), len(items) - len(kept))


def _item(found: FoundItem, shown: Sequence[Shown]) -> NewItem | None:
    if found.statement > len(shown):
        return None
    said = shown[found.statement - 1]
    if not says_so(found.quote, said.text):  # what was pasted is not in it, whatever the model read
        return None
    is_wish = found.kind in DECIDED_BY_THE_PERSON
    if is_wish and said.turn.from_file:
        return None
    fact, preference = _fact(found), _preference(found)
    if (found.kind == "fact" and fact is None) or (found.kind == "preference" and preference is None):
        return None
    body = found.quote if is_wish else found.text  # nobody else words what somebody wants
    if found.kind == "instruction":
        preference = named_preference(body)
    return NewItem(
        kind=found.kind,
        body=" ".join(body.split()),
        language=language_of(words_of(body)) or "",
        importance=_IMPORTANCE[found.kind],
        confidence=CONFIDENCE,
        origin="said" if is_wish or _says_no_more(found.text, found.quote) else "agent",
        happened_at=_noon(found),
        sources=[Source(said.turn.message_id, said.turn.thread_id, found.quote, said.turn.said_at)],
        fact=fact,
        preference=preference,
    )


def _says_no_more(text: str, quote: str) -> bool:
    """Return whether each telling word of a text, numbers too, stands in the quote in some form."""
    telling = {folded(word) for word in words_of(text)} - STOP_WORDS - _PLAIN_WORDS
    quoted = frozenset().union(*map(_stems, words_of(quote)))
    return all(_stems(word) & quoted for word in telling)


def _stems(word: str) -> frozenset[str]:
    return frozenset((*stems_of(word, "en"), *stems_of(word, "fr")))


def _fact(found: FoundItem) -> NewFact | None:
    if found.kind != "fact" or not (found.subject and found.predicate and found.object):
        return None
    if not stands_in(found.object, found.quote):
        return None
    return NewFact(folded(found.subject), found.predicate, found.object)


def _preference(found: FoundItem) -> NewPreference | None:
    if found.kind != "preference" or found.object is None or found.likes is None:
        return None
    if not stands_in(found.object, found.quote):
        return None
    strength = 1.0 if found.likes else -1.0
    return NewPreference(f"likes:{folded(found.object)}", found.object, strength=strength, explicit=False)


def _noon(found: FoundItem) -> datetime | None:
    return datetime.combine(found.day, time(12), UTC) if found.kind == "event" and found.day else None


def _own_words(text: str) -> str:
    return max(text.split(LEFT_OUT), key=len).strip()[:_MOST_QUOTED]


def _digest(read: Read) -> Digest | None:
    """A model's summary may hold anything that it was shown: it cites every turn, and goes with each of them."""
    summary = " ".join(read.found.summary.split())
    if not summary:
        return None
    sources = [
        Source(each.turn.message_id, each.turn.thread_id, _own_words(each.text), each.turn.said_at)
        for each in read.shown
    ]
    return Digest(summary, language_of(words_of(summary)), sources, origin="agent", confidence=CONFIDENCE)
