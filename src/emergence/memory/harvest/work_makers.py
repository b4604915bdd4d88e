"""What a statement says of where somebody works, and as what."""

import re
from dataclasses import replace
from datetime import datetime

from emergence.memory.harvest.drafts import IDENTITY, PLANNED, SELF, Draft, Make, trimmed
from emergence.memory.harvest.words import JOBS, NOT_NAMES
from emergence.memory.question.words import folded
from emergence.memory.store.concepts import NewConcept
from emergence.memory.store.keep_items import NewFact

_STUDIES = re.compile(r"student|etudiant")


def job(body: str) -> Make:
    """What somebody does for a living."""

    def make(found: re.Match[str], _: datetime) -> Draft | None:
        what = trimmed(found[1])
        if not is_job(what):
            return None
        return Draft("fact", body.format(what), IDENTITY, fact=NewFact(SELF, "works_as", what))

    return make


def is_job(what: str) -> bool:
    """Return whether somebody may work as that."""
    return any(word in JOBS for word in folded(what).split()[:3])


def works_fr(body: str, *, ends: bool = False) -> Make:
    """Where somebody works, or no longer does; « à la » and « chez » are part of how it reads."""

    def make(found: re.Match[str], said_at: datetime) -> Draft | None:
        named = found.groupdict()
        before = (named.get("before") or found[1]).lower().replace("par ", "chez ")
        what = trimmed(named.get("at") or found[2])
        reads = body.format(before + what)
        name = f"la {what}" if before == "à la " else what
        is_town = before == "à " and not what.isupper()  # « à Lyon », but « à EDF »
        at = NewFact(SELF, "works_in" if is_town else "works_at", name, valid_to=said_at if ends else None)
        if ends:
            return Draft("event", reads, PLANNED, happened_at=said_at, fact=at)
        return Draft(
            "fact", reads, IDENTITY, fact=at, concepts=[NewConcept(name, "place" if is_town else "organisation")]
        )

    return make


def employed(at_body: str, as_body: str) -> Make:
    """Where somebody works and as what, said in one; who is a student there only studies."""

    def at(found: re.Match[str], _: datetime) -> Draft | None:
        what = trimmed(found["at"])
        if folded(what) in NOT_NAMES:
            return None
        works = NewFact(SELF, "works_at", what)
        return Draft("fact", at_body.format(what), IDENTITY, fact=works, concepts=[NewConcept(what, "organisation")])

    return _with_job(at, as_body)


def employed_fr(at_body: str, as_body: str) -> Make:
    """Where somebody works and as what; « à la » and « chez » are part of how it reads."""
    return _with_job(works_fr(at_body), as_body)


def _with_job(at: Make, as_body: str) -> Make:
    def make(found: re.Match[str], said_at: datetime) -> Draft | None:
        what, where = trimmed(found["job"]), at(found, said_at)
        if not is_job(what):
            return where if found.start("at") < found.start("job") else None
        works = Draft("fact", as_body.format(what), IDENTITY, fact=NewFact(SELF, "works_as", what))
        if where is None or _STUDIES.search(folded(what)):
            return works
        first, second = (where, works) if found.start("at") < found.start("job") else (works, where)
        return replace(first, also=[second])

    return make
