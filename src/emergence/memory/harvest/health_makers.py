"""What a statement says of what somebody must live with, and of what they eat and drink."""

import re
from datetime import datetime
from typing import Literal

from emergence.memory.harvest.drafts import HEALTH, LIKED, SELF, Draft, Make, trimmed
from emergence.memory.harvest.preferences import liking
from emergence.memory.harvest.words import COUNTED, REFERRING
from emergence.memory.question.words import Language, folded
from emergence.memory.store.keep_items import NewFact, NewPreference

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
    """What somebody must live with: no choice, and one ends none of the others. “A nut allergy” is one to nuts."""

    def make(found: re.Match[str], _: datetime) -> Draft | None:
        said = in_plural(trimmed(found[1])) if plural else trimmed(found[1])
        what = trimmed(found.groupdict().get("what") or said)
        return Draft("fact", body.format(said), HEALTH, fact=NewFact(SELF, predicate, what))

    return make


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
        preference = liking(what, -1.0, language)
        if language == "en":
            verb = does.split()[-1].removesuffix("ing")
            begins = "Cannot" if does.startswith("can") else "Does not"
            body = f"{begins} {verb} {what}"
        else:
            verb = re.sub(r"^je (?:ne )?", "", does).replace("peux", "peut").replace("bois", "boit")
            body = f"Ne {verb} {found['of'] or ''}{what}"
        return Draft("preference", body, LIKED, preference=preference)

    return make
