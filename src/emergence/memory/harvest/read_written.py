"""What a person's correction of an item says: the line may read as items do (“Likes tea”), or as people talk."""

from collections.abc import Iterator
from datetime import datetime

from emergence.memory.harvest.drafts import Draft, drafts_of
from emergence.memory.harvest.english import ENGLISH
from emergence.memory.harvest.french import FRENCH
from emergence.memory.harvest.preferences import named_preference
from emergence.memory.harvest.scopes import scoped
from emergence.memory.question.words import Language, folded
from emergence.memory.store.keep_items import NewPreference

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
    ("Travaille ", "Je travaille ", "fr"),
)  # fmt: skip


def read_written(text: str, at: datetime) -> tuple[Draft, Language] | None:
    """Return what the text says, and in which language; None where no pattern knows."""
    for words, language in _readings(text.replace("’", "'")):
        for grammar in (ENGLISH, FRENCH):
            if language in ("", grammar.language):
                for draft in drafts_of(grammar, words, at):
                    return scoped(draft, words, grammar.language), grammar.language
    return None


def written_preference(text: str, read: Draft | None, scope: str) -> NewPreference:
    """Return under which key a wish is kept that now reads so; `scope` is the former one's."""
    wish = read.preference if read is not None else None
    wish = wish or named_preference(text) or NewPreference(f"written:{folded(text)}", text)
    return NewPreference(wish.key, wish.value, wish.scope if wish.scope != "everywhere" else scope, wish.strength)


def _readings(text: str) -> Iterator[tuple[str, Language | str]]:
    yield text, ""
    for begins, said, language in _FIRST_PERSON:
        if text.startswith(begins):
            yield said + text.removeprefix(begins).replace(":", " is", 1 if begins.startswith("Favo") else 0), language
