"""What a statement says, by what it is about; the words come from the grammars, `{}` is what the pattern caught."""

import re
from dataclasses import replace
from datetime import datetime

from emergence.memory.harvest.dates import day_of, shown_day
from emergence.memory.harvest.drafts import (
    DECIDED,
    IDENTITY,
    LIKED,
    PLANNED,
    SELF,
    Draft,
    Make,
    capitalised,
    trimmed,
)
from emergence.memory.harvest.preferences import kind_of_thing, liking, named_preference, preferring
from emergence.memory.harvest.words import COMPUTING, NOT_NAMES, REFERRING
from emergence.memory.question.words import Language, folded
from emergence.memory.store.concepts import ConceptKind, NewConcept
from emergence.memory.store.keep_items import NewFact, NewPreference

# What holds for this moment alone.
_MOMENT = re.compile(
    r"\b(?:here|in this|in that|this time|for now|today|the following|above|below|ici|dans ce|dans cet|dans cette|"
    r"cette fois|pour l'instant|pour cette|aujourd'hui|ci-dessous|ci-dessus|suivant|suivante)\b",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^(?:please|and|so|then|s'il te pla[iî]t|stp|merci de|et|alors|donc|svp)[, ]+", re.IGNORECASE)
_NAME_PART = re.compile(r"(?<![\w'])(?!(?:de|du|des|la|le|van|von|der|da|di|ben|el|al)\b)\w+")
_OWN = re.compile(r"^(?:an?|my|the|our|un|une|mon|ma|mes|le|la|les|l'|notre)\s*(?<=[\s'])", re.IGNORECASE)


def fact(body: str, predicate: str, importance: float = IDENTITY, concept: ConceptKind | None = None) -> Make:
    """A fact about the person; one may move to another system and stay where one lives."""

    def make(found: re.Match[str], _: datetime) -> Draft | None:
        what = trimmed(found[1])
        if not what or (concept is not None and folded(what) in NOT_NAMES):
            return None
        if concept == "place" and folded(what) in COMPUTING:
            return None
        concepts = [NewConcept(what, concept)] if concept else []
        return Draft("fact", body.format(what), importance, fact=NewFact(SELF, predicate, what), concepts=concepts)

    return make


def name(body: str) -> Make:
    """What somebody is called."""
    named = fact(body, "name", concept="person")

    def make(found: re.Match[str], said_at: datetime) -> Draft | None:
        draft = named(found, said_at)
        if draft is None or draft.fact is None:
            return None
        called = draft.fact.object
        if called.islower():
            called = _NAME_PART.sub(lambda part: capitalised(part[0]), called)
        return Draft(
            "fact",
            body.format(called),
            IDENTITY,
            fact=NewFact(SELF, "name", called),
            concepts=[NewConcept(called, "person")],
        )

    return make


def moved(body: str, left: str) -> Make:
    """Where somebody lives since now, and no longer does; one of them may be left unsaid."""

    def make(found: re.Match[str], said_at: datetime) -> Draft | None:
        home, former = trimmed(found["to"] or ""), trimmed(found["from"] or "")
        if any(folded(place) in NOT_NAMES or folded(place) in COMPUTING for place in (home, former)):
            return None
        moving: list[Draft] = []
        if home:
            since = NewFact(SELF, "lives_in", home, valid_from=said_at)
            place = NewConcept(home, "place")
            moving.append(Draft("fact", body.format(home), IDENTITY, fact=since, concepts=[place]))
        if former:
            over = NewFact(SELF, "lives_in", former, valid_to=said_at)
            moving.append(Draft("event", left.format(former), PLANNED, happened_at=said_at, fact=over))
        return replace(moving[0], also=moving[1:])

    return make


def ended(body: str, predicate: str) -> Make:
    """What is so no longer."""

    def make(found: re.Match[str], said_at: datetime) -> Draft | None:
        what = trimmed(found[1])
        fact = NewFact(SELF, predicate, what, valid_to=said_at)
        return Draft("event", body.format(what), PLANNED, happened_at=said_at, fact=fact)

    return make


def age(body: str) -> Make:
    """How old somebody is."""

    def make(found: re.Match[str], _: datetime) -> Draft | None:
        if not 5 <= int(found[1]) <= 120:
            return None
        return Draft("fact", body.format(found[1]), IDENTITY, fact=NewFact(SELF, "age", found[1]))

    return make


def birthday(body: str, born: str) -> Make:
    """On which day of the year somebody was born; the year, where it was said, is a fact of its own."""

    def make(found: re.Match[str], said_at: datetime) -> Draft | None:
        if day_of(found[1], said_at) is None:
            return None
        what = re.sub(r"^(?:on the|on|the|le)\s+", "", trimmed(found[1]), flags=re.IGNORECASE)
        day, _, year = re.sub(r",?\s+((?:19|20)\d\d)$", r"\0\1", what).partition("\0")
        since = Draft("fact", born.format(year), IDENTITY, fact=NewFact(SELF, "born", year))
        also = [since] if year else []
        return Draft("fact", body.format(day), IDENTITY, fact=NewFact(SELF, "birthday", day), also=also)

    return make


def plan(body: str, language: Language) -> Make:
    """Something that happens on a day."""

    def make(found: re.Match[str], said_at: datetime) -> Draft | None:
        day = day_of(found["day"], said_at)
        if day is None:
            return None
        what = capitalised(_OWN.sub("", trimmed(found["what"])))
        return Draft("event", body.format(what, shown_day(day, language)), PLANNED, happened_at=day)

    return make


def instruction(found: re.Match[str], _: datetime) -> Draft | None:
    """How to answer from now on, in the person's own words."""
    body = capitalised(_LEADING.sub("", trimmed(found[0])))
    if _MOMENT.search(body):
        return None
    return Draft("instruction", body, DECIDED, preference=named_preference(body))


def plain_instruction(found: re.Match[str], said_at: datetime) -> Draft | None:
    """How to answer, said once and for all; beside a task it is meant for that task, unless it says otherwise."""
    draft = instruction(found, said_at)
    return None if draft is None else replace(draft, is_alone=found.groupdict().get("lasting") is None)


def like(body: str, strength: float, language: Language) -> Make:
    """What somebody likes, or does not."""

    def make(found: re.Match[str], _: datetime) -> Draft | None:
        what = trimmed(found[1])
        if REFERRING.search(what) is not None:
            return None
        preference = named_preference(what) or liking(what, strength, language)
        return Draft("preference", body.format(what), LIKED, preference=preference)

    return make


def prefer(body: str, language: Language) -> Make:
    """What somebody likes better, perhaps than something else."""

    def make(found: re.Match[str], _: datetime) -> Draft | None:
        what = trimmed(found[1])
        if REFERRING.search(what) is not None:
            return None
        preference = named_preference(what) or preferring(what, language)
        return Draft("preference", body.format(what), LIKED, preference=preference)

    return make


def favourite(body: str) -> Make:
    """What somebody likes most of its kind."""

    def make(found: re.Match[str], _: datetime) -> Draft | None:
        thing, what = found["thing"].lower(), trimmed(found["what"])
        if thing.startswith("one") or REFERRING.search(f"{thing} {what}") is not None:
            return None
        key = f"favourite:{kind_of_thing(thing)}"
        return Draft("preference", body.format(capitalised(thing), what), LIKED, preference=NewPreference(key, what))

    return make
