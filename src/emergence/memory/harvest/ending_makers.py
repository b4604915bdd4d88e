"""What a statement says that is so no longer, of what somebody lived with, ate, or lived beside."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Literal

from emergence.memory.harvest.drafts import PLANNED, SELF, Draft, Make, trimmed
from emergence.memory.harvest.health_makers import in_plural
from emergence.memory.harvest.preferences import liking
from emergence.memory.harvest.words import NOT_NAMES, REFERRING
from emergence.memory.question.words import Language, folded
from emergence.memory.store.keep_items import NewFact, NewPreference

_NOTHING = re.compile(r"(?:à |aux? |la )*(?:any|no|much|every|quoi|rien|grand|tout)", re.IGNORECASE)
_DRINKS = re.compile(r"drink|bois|boire", re.IGNORECASE)
_Predicate = Literal["allergic_to", "intolerant_to", "has_condition", "habit"]


def health_over(body: str, predicate: _Predicate, what: str = "", *, plural: bool = False) -> Make:
    """What somebody need not live with any more, or does no more; `what` where the words do not name it."""

    def make(found: re.Match[str], said_at: datetime) -> Draft | None:
        groups = found.groupdict()
        said = trimmed(groups.get("said") or "")
        said = in_plural(said) if plural else said
        over = what or trimmed(groups.get("what") or said)
        if REFERRING.search(over) is not None:
            return None
        fact = NewFact(SELF, predicate, over, valid_to=said_at)
        return Draft("event", body.format(said), PLANNED, happened_at=said_at, fact=fact)

    return make


def health_denied(body: str, predicate: _Predicate, *, plural: bool = False) -> Make:
    """What somebody does not live with. It begins where it ends: what was said otherwise was never so."""
    over = health_over(body, predicate, plural=plural)

    def make(found: re.Match[str], said_at: datetime) -> Draft | None:
        draft = over(found, said_at)
        if draft is None or draft.fact is None or _NOTHING.match(draft.fact.object) is not None:
            return None
        return replace(draft, fact=replace(draft.fact, valid_from=said_at))

    return make


def diet_over(body: str, key: str = "diet") -> Make:
    """How somebody eats, or drinks, no longer."""

    def make(found: re.Match[str], said_at: datetime) -> Draft | None:
        said = trimmed(found["said"]).lower()
        wish = NewPreference(key, folded(said), strength=-1.0)
        return Draft("event", body.format(said), PLANNED, happened_at=said_at, preference=wish)

    return make


def takes_again(language: Language) -> Make:
    """What somebody eats or drinks again: that they do not, and any diet without it, is over."""

    def make(found: re.Match[str], said_at: datetime) -> Draft | None:
        what = trimmed(found["what"])
        if REFERRING.search(what) is not None:
            return None
        drinks = _DRINKS.search(found.string[found.start() : found.start("what")]) is not None
        if language == "en":
            body = f"{'Drinks' if drinks else 'Eats'} {what} again"
        else:
            body = f"{'Boit' if drinks else 'Mange'} de nouveau {found['of'] or ''}{what}"
        wish = liking(what, 1.0, language)
        return Draft("event", body, PLANNED, happened_at=said_at, preference=wish)

    return make


def partner_over(body: str, unnamed: str) -> Make:
    """Whose partner somebody is no longer; without a name, nobody's."""

    def make(found: re.Match[str], said_at: datetime) -> Draft | None:
        called = trimmed(found.groupdict().get("called") or "")
        if folded(called) in NOT_NAMES:
            return None
        fact = NewFact(SELF, "partner", called, valid_to=said_at)
        reads = body.format(called) if called else unnamed
        return Draft("event", reads, PLANNED, happened_at=said_at, fact=fact)

    return make
