"""What a statement says of what somebody must live with, and of what they eat and drink."""

import re
from datetime import datetime
from typing import Literal

from emergence.memory.harvest.drafts import HEALTH, LIKED, SELF, Draft, Make, trimmed
from emergence.memory.harvest.lists import all_of, things_of, without_article, without_lead
from emergence.memory.harvest.preferences import liking
from emergence.memory.harvest.words import COUNTED, REFERRING
from emergence.memory.question.words import Language, folded
from emergence.memory.store.keep_items import NewFact, NewPreference

_TO = re.compile(r"^(?:au |à la |à l'|aux )", re.IGNORECASE)
_I_AM = re.compile(
    r"\b(?:i'm|i am|je suis) (?!(?:sure|glad|afraid|told|not)\b)(?:(?!my|mon|ma|que|is|est)[\w-]+ ){1,3}(?:and|et) $",
    re.IGNORECASE,
)


def diet(body: str, key: str = "diet") -> Make:
    """How somebody chooses to eat, or drink; of that there is one way at a time."""

    def make(found: re.Match[str], _: datetime) -> Draft | None:
        what = trimmed(found[1]).lower()
        return Draft("preference", body.format(what), HEALTH, preference=NewPreference(key, folded(what)))

    return make


def health(
    body: str, predicate: Literal["allergic_to", "intolerant_to", "has_condition"], *, plural: bool = False
) -> Make:
    """What somebody must live with: no choice, and one ends none of the others. “A nut allergy” is one to nuts.

    Of several things each is a fact of its own.
    """

    def make(found: re.Match[str], _: datetime) -> Draft | None:
        groups = found.groupdict()
        said = trimmed(found[1] + (groups.get("more") or ""))
        lead, listed = without_lead(said)
        things = [in_plural(each) for each in said.split(" and ")] if plural else things_of(listed)
        whats = (
            [trimmed(groups.get("what") or things[0])] if len(things) == 1 else [_bare(lead, each) for each in things]
        )
        return all_of(
            Draft("fact", body.format(lead + thing), HEALTH, fact=NewFact(SELF, predicate, what))
            for thing, what in zip(things, whats, strict=True)
        )

    return make


def _bare(lead: str, thing: str) -> str:
    return _TO.sub("", thing) if lead else without_article(thing).removeprefix("à : ")


def in_plural(said: str) -> str:
    """Return what one is allergic to as one says it, “nuts”, from “a nut allergy”."""
    return re.sub(r"y$", "ie", said) + "s" if said.split()[-1].lower() in COUNTED else said


def habit(body: str, what: str) -> Make:
    """What somebody does day by day; no illness, and yet it may end."""

    def make(_: re.Match[str], __: datetime) -> Draft | None:
        return Draft("fact", body, HEALTH, fact=NewFact(SELF, "habit", what))

    return make


def going_on(make: Make) -> Make:
    """What the person says of themself after “I'm … and”, where nobody else came in between."""

    def make_on(found: re.Match[str], said_at: datetime) -> Draft | None:
        return make(found, said_at) if _I_AM.search(found.string[: found.start()]) else None

    return make_on


def takes_none(language: Language) -> Make:
    """What somebody does not eat or drink, for whatever reason."""

    def make(found: re.Match[str], _: datetime) -> Draft | None:
        what, does = trimmed(found["what"]), found["does"].lower().strip()
        if REFERRING.search(what) is not None:
            return None
        begins = _takes_none_en(does) if language == "en" else _takes_none_fr(does)
        things = things_of(what + (found["more"] or ""))
        return all_of(_taking_none(begins, found.groupdict().get("of") or "", thing, language) for thing in things)

    return make


def _taking_none(begins: str, of: str, thing: str, language: Language) -> Draft:
    bare = thing if language == "en" else without_article(thing)
    own = thing if language == "en" or bare != thing else f"{of}{thing}"
    return Draft("preference", f"{begins} {own}", LIKED, preference=liking(bare, -1.0, language))


def _takes_none_en(does: str) -> str:
    verb = does.split()[-1].removesuffix("ing")
    return f"{'Cannot' if does.startswith('can') else 'Does not'} {verb}"


def _takes_none_fr(does: str) -> str:
    return "Ne " + re.sub(r"^je (?:ne )?", "", does).replace("peux", "peut").replace("bois", "boit")
