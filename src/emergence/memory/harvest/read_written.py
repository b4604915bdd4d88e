"""What a person's correction of an item says: the line may read as items do (“Likes tea”), or as people talk."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from emergence.memory.harvest.drafts import Draft, drafts_of
from emergence.memory.harvest.english import ENGLISH
from emergence.memory.harvest.french import FRENCH
from emergence.memory.harvest.preferences import named_preference
from emergence.memory.harvest.relatives import RELATIVE_EN, RELATIVE_FR
from emergence.memory.harvest.scopes import scoped
from emergence.memory.harvest.words import NAME
from emergence.memory.question.words import Language, folded
from emergence.memory.store.keep_items import NewPreference
from emergence.memory.store.what_ends import things_said

# How an item begins, and how the person would say it.
_FIRST_PERSON: tuple[tuple[str, str, Language], ...] = (
    ("Likes ", "I like ", "en"), ("Dislikes ", "I hate ", "en"), ("Prefers ", "I prefer ", "en"),
    ("Does not eat ", "I don't eat ", "en"), ("Does not drink ", "I don't drink ", "en"),
    ("Cannot eat ", "I can't eat ", "en"), ("Is ", "I'm ", "en"), ("Has ", "I have ", "en"),
    ("Lives in ", "I live in ", "en"), ("Works at ", "I work at ", "en"), ("Works as ", "I work as ", "en"),
    ("Favourite ", "My favourite ", "en"), ("Favorite ", "My favourite ", "en"),
    ("Aime ", "J'aime ", "fr"), ("N'aime pas ", "Je n'aime pas ", "fr"), ("Préfère ", "Je préfère ", "fr"),
    ("Ne mange pas ", "Je ne mange pas ", "fr"), ("Ne boit pas ", "Je ne bois pas ", "fr"), ("Est ", "Je suis ", "fr"),
    ("S'appelle ", "Je m'appelle ", "fr"), ("A ", "J'ai ", "fr"), ("Habite ", "J'habite ", "fr"),
    ("Travaille ", "Je travaille ", "fr"), ("Allergic to ", "I'm allergic to ", "en"), ("Speaks ", "I speak ", "en"),
    ("Plays ", "I play ", "en"), ("Allergique ", "Je suis allergique ", "fr"), ("Parle ", "Je parle ", "fr"),
    ("Joue ", "Je joue ", "fr"),
)  # fmt: skip
# “Brother: Paul”, « Frère : Paul ».
_RELATIVES: tuple[tuple[re.Pattern[str], str, Language], ...] = (
    (re.compile(rf"(?i:({RELATIVE_EN})) ?: ?({NAME})[.!]?"), "My {} is called {}", "en"),
    (re.compile(rf"(?i:({RELATIVE_FR})) ?: ?({NAME})[.!]?"), "Mon {} s'appelle {}", "fr"),
)


def read_written(text: str, at: datetime) -> tuple[Draft, Language] | None:
    """Return what the text says, and in which language; None where no pattern knows."""
    for words, language in _readings(text.replace("’", "'")):
        for grammar in (ENGLISH, FRENCH):
            if language in ("", grammar.language):
                drafts = list(drafts_of(grammar, words, at))
                if drafts:
                    return scoped(_whole(drafts, text), words, grammar.language), grammar.language
    return None


def _whole(drafts: Sequence[Draft], text: str) -> Draft:
    """Return the first of several things with all that the line says of the same: it is one item, as it was written."""
    first = drafts[0]
    if first.fact is None:
        return first
    about = (first.kind, first.fact.subject, first.fact.predicate)
    things = [
        each.fact.object
        for each in drafts
        if each.fact is not None and (each.kind, each.fact.subject, each.fact.predicate) == about
    ]
    if len(things) == 1:
        return first
    begins, ends = text.find(things[0]), text.rfind(things[-1]) + len(things[-1])
    said = text[begins:ends] if 0 <= begins < ends else ""
    as_said = said if len(things_said(said)) == len(things) else " and ".join(things)
    return replace(first, fact=replace(first.fact, object=as_said), also=())


def written_preference(text: str, read: Draft | None, scope: str) -> NewPreference:
    """Return under which key a wish is kept that now reads so; `scope` is the former one's."""
    wish = read.preference if read is not None else None
    wish = wish or named_preference(text) or NewPreference(f"written:{folded(text)}", text)
    return NewPreference(wish.key, wish.value, wish.scope if wish.scope != "everywhere" else scope, wish.strength)


def _readings(text: str) -> Iterator[tuple[str, Language | str]]:
    yield text, ""
    for looks, said, language in _RELATIVES:
        if (found := looks.fullmatch(text)) is not None:
            yield said.format(found[1].lower(), found[2]), language
    for begins, said, language in _FIRST_PERSON:
        if text.startswith(begins):
            yield said + text.removeprefix(begins).replace(":", " is", 1 if begins.startswith("Favo") else 0), language
