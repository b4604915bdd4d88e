"""What a statement says of those who are close to somebody: how they are called, what they do, where they live."""

import re
from dataclasses import replace
from datetime import datetime

from emergence.memory.harvest.drafts import FAMILY, SELF, Draft, Make, capitalised, trimmed
from emergence.memory.harvest.french_places import read_place
from emergence.memory.harvest.words import COMPUTING, JOBS, NOT_NAMES, ONE_OF
from emergence.memory.harvest.work_makers import is_job
from emergence.memory.question.words import folded
from emergence.memory.store.concepts import NewConcept
from emergence.memory.store.keep_items import NewFact
from emergence.memory.store.relations import one_of_relation, relation_of

# What somebody may be besides a name: “my wife is French”.
_ADJECTIVES = frozenset(
    """
    african albanian algerian american arab argentinian asian australian austrian belgian brazilian british bulgarian
    cameroonian canadian chilean chinese colombian croatian cuban czech danish dutch egyptian english estonian ethiopian
    european finnish flemish french georgian german ghanaian greek haitian hungarian icelandic indian indonesian iranian
    iraqi irish israeli italian ivorian jamaican japanese kenyan korean kurdish latvian lebanese lithuanian malian
    mexican moroccan nepalese nigerian norwegian pakistani palestinian persian peruvian philippine filipino filipina
    polish portuguese romanian russian scottish senegalese serbian slovak slovenian somali spanish sudanese swedish
    swiss syrian taiwanese thai tunisian turkish ukrainian venezuelan vietnamese welsh breton catalan basque
    christian catholic protestant orthodox muslim jewish hindu buddhist sikh atheist republican democrat
    aries taurus gemini cancer leo virgo libra scorpio sagittarius capricorn aquarius pisces
    god santa satan dead gone mr mrs ms miss dr
    """.split()  # noqa: SIM905
)


def relative(body: str) -> Make:
    """How somebody close is called; of partners there is one at a time."""

    def make(found: re.Match[str], _: datetime) -> Draft | None:
        who, called = found[1].lower(), trimmed(found[2])
        if folded(called) in NOT_NAMES:
            return None
        return Draft(
            "fact",
            body.format(capitalised(who), called),
            FAMILY,
            fact=NewFact(SELF, relation_of(folded(who)), called),
            concepts=[NewConcept(called, "person")],
        )

    return make


def another(make: Make, before: re.Pattern[str]) -> Make:
    """The second of several whom the person has, where nobody else came in between."""

    def make_another(found: re.Match[str], said_at: datetime) -> Draft | None:
        return make(found, said_at) if before.search(found.string[: found.start()]) else None

    return make_another


def relative_at_work(body: str, at_work: str) -> Make:
    """How somebody close is called, and what they do for a living."""
    called = relative(body)

    def make(found: re.Match[str], said_at: datetime) -> Draft | None:
        draft, what = called(found, said_at), trimmed(found[3])
        if draft is None or draft.fact is None or not is_job(what):
            return draft
        who = draft.fact.object
        works = NewFact(who, "works_as", what)
        at = Draft("fact", at_work.format(who, what), FAMILY, fact=works, concepts=[NewConcept(who, "person")])
        return replace(draft, also=[at])

    return make


def relatives(body: str, each: str) -> Make:
    """How many of them somebody has, and how each is called."""

    def make(found: re.Match[str], _: datetime) -> Draft | None:
        relation = ONE_OF[found["kind"].lower()]
        names = re.split(r",? (?:and|et) |, ", found["names"])
        also = [
            Draft(
                "fact",
                each.format(capitalised(relation), called),
                FAMILY,
                fact=NewFact(SELF, relation_of(folded(relation)), called),
                concepts=[NewConcept(called, "person")],
            )
            for called in names
            if folded(called) not in NOT_NAMES
        ]
        has = found["has"]
        return Draft("fact", body.format(has), FAMILY, fact=NewFact(SELF, "has", has), also=also)

    return make


def relative_is(body: str) -> Make:
    """How somebody close is called, where they only *are* it: “my wife is Clara”, and not “my wife is French”."""
    called = relative(body)

    def make(found: re.Match[str], said_at: datetime) -> Draft | None:
        words = set(folded(trimmed(found[2])).split())
        return None if words & (_ADJECTIVES | JOBS) or found[2].isupper() else called(found, said_at)

    return make


def relative_at_home(body: str, named: str, unnamed: str) -> Make:
    """Where somebody close lives, and how they are called where that is said."""
    called = relative(body)

    def make(found: re.Match[str], said_at: datetime) -> Draft | None:
        draft = called(found, said_at) if found[2] else None
        reads, place = read_place(found) if "before" in found.groupdict() else (trimmed(found["place"]),) * 2
        if folded(place) in NOT_NAMES or folded(place) in COMPUTING:
            return draft
        relation = capitalised(found[1].lower())
        who = draft.fact.object if draft is not None and draft.fact is not None else one_of_relation(folded(relation))
        home = Draft(
            "fact",
            named.format(who, reads) if draft is not None else unnamed.format(relation, reads),
            FAMILY,
            fact=NewFact(who, "lives_in", place),
            concepts=[NewConcept(place, "place")],
        )
        return home if draft is None else replace(draft, also=[home])

    return make
