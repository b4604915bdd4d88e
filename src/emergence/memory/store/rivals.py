"""Which of several things that cannot all be so gave way, and to which: worked out in one pass, sorted by time.

`supersede` reads them and writes what comes of it. Nothing here depends on the order in which they came.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from emergence.memory.store.what_ends import ends_wish, is_same_thing

GivesWay = Literal["updates", "contradicts"]

# Of these there is one at a time. What cannot change (a birthday) was once told wrongly: it is contradicted.
ONE_AT_A_TIME: dict[str, GivesWay] = {
    "name": "updates",
    "born": "contradicts",
    "age": "updates",
    "lives_in": "updates",
    "works_at": "updates",
    "works_as": "updates",
    "studies_at": "updates",
    "partner": "updates",
    "pronouns": "updates",
    "birthday": "contradicts",
}
Says = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Rival:
    """One of several that may exclude each other: since when it is so, and when it was last said.

    `key` is a fact's predicate, `wish` a preference's key. An end (`ends`) of nothing (`says` is empty) ends them all.
    """

    id: UUID
    key: str
    says: str
    strength: float
    ends: bool
    wish: str
    since: datetime
    said_at: datetime

    @property
    def what(self) -> Says:
        """What it says, and whether for or against it: of two that say the same neither gives way."""
        return self.says, self.strength > 0

    @property
    def preferred(self) -> tuple[str, str]:
        """What is preferred, and than what; nothing where a wish is none of that kind."""
        best, _, than = self.wish.removeprefix("prefers:").partition(">")
        return (best, than) if self.wish.startswith("prefers:") else ("", "")

    @property
    def disliked(self) -> str | None:
        """What is disliked."""
        return self.wish.removeprefix("likes:") if self.strength < 0 else None


def losers(rivals: Sequence[Rival]) -> Iterator[tuple[Rival, Rival]]:
    """Yield what is so no longer, with what came next: of what was said later the first that was so from then on.

    The latest said come first, so that whatever may take the place of one has been seen when it is looked at. n things
    take n log n steps, and as many again for each end.
    """
    later, ended = _Later(), _Ended([rival for rival in rivals if rival.ends])
    things = sorted((rival for rival in rivals if not rival.ends), key=lambda one: (one.said_at, one.id), reverse=True)
    for thing in things:
        if found := [*ended.by(thing), *later.first(thing.said_at, thing)]:
            yield thing, _next(found, thing)
        if not thing.key or thing.key in ONE_AT_A_TIME:
            later.add(thing)
    for end in ended.ends:
        if found := ended.again(end, things):
            yield end, _next(found, end)


def is_about(one: Rival, other: Rival) -> bool:
    """Return whether one of them is the end of the other; what ends without a name ends whatever there was."""
    if one.ends == other.ends:
        return False
    end, thing = (one, other) if one.ends else (other, one)
    if end.key:
        return end.says == "" or is_same_thing(end.says, thing.says)
    return ends_wish((end.wish, end.says, end.strength), (thing.wish, thing.says, thing.strength))


def _next(found: Sequence[Rival], rival: Rival) -> Rival:
    return min(found, key=lambda other: (max(other.since, rival.said_at), other.id))


class _Ended:
    """What ends something, and what is said again after its end; the same words are compared once."""

    def __init__(self, ends: Sequence[Rival]) -> None:
        self.ends = ends
        self._known: dict[tuple[object, ...], bool] = {}

    def by(self, thing: Rival) -> list[Rival]:
        """Return the ends of a thing. One without a name ends only what was said before."""
        at = thing.said_at
        later = (end for end in self.ends if end.said_at > at or (end.says and end.said_at == at))
        return [end for end in later if self._is_about(end, thing)]

    def again(self, end: Rival, things: Sequence[Rival]) -> list[Rival]:
        """Return what is said again after an end that names it."""
        later = (thing for thing in things if end.says and thing.said_at > end.said_at)
        return [thing for thing in later if self._is_about(end, thing)]

    def _is_about(self, end: Rival, thing: Rival) -> bool:
        compared = (end.wish, end.says, end.strength, thing.wish, thing.says, thing.strength)
        if compared not in self._known:
            self._known[compared] = is_about(end, thing)
        return self._known[compared]


@dataclass(slots=True)
class _Pool:
    """What was said later than anything that is asked about from now on; it is asked at ever earlier times."""

    begun: list[tuple[UUID, Rival]] = field(default_factory=list)  # what may have been so already, by its id
    first: Rival | None = None  # of all the first to be so, and the first that says something else
    second: Rival | None = None

    def add(self, rival: Rival) -> None:
        insort(self.begun, (rival.id, rival))
        if self.first is None or _start(rival) < _start(self.first):
            if self.first is not None and self.first.what != rival.what:
                self.second = self.first
            self.first = rival
        elif rival.what != self.first.what and (self.second is None or _start(rival) < _start(self.second)):
            self.second = rival

    def first_at(self, at: datetime, unlike: Says | None) -> Rival | None:
        """Return what comes next after `at` and says something else: what was so then, else what was so first."""
        place = 0
        while place < len(self.begun):
            rival = self.begun[place][1]
            if rival.since > at:  # nor was it so at any earlier time
                del self.begun[place]
            elif rival.what == unlike:
                place += 1
            else:
                return rival
        return self.second if self.first is not None and self.first.what == unlike else self.first


def _start(rival: Rival) -> tuple[datetime, UUID]:
    return rival.since, rival.id


class _Pools:
    """A pool for everything that may be asked about."""

    def __init__(self) -> None:
        self._pools: defaultdict[object, _Pool] = defaultdict(_Pool)

    def add(self, rival: Rival, *names: object) -> None:
        for name in names:
            self._pools[name].add(rival)

    def first(self, at: datetime, *names: object, unlike: Says | None = None) -> list[Rival]:
        found = (self._pools[name].first_at(at, unlike) for name in names if name in self._pools)
        return [rival for rival in found if rival is not None]


class _Later:
    """What excludes others, by what it is about.

    Two wishes may be about one thing: `prefers:tea>coffee` and `prefers:coffee`, or that and coffee that is disliked.
    """

    def __init__(self) -> None:
        self._pools = _Pools()

    def add(self, rival: Rival) -> None:
        if not rival.wish:
            self._pools.add(rival, "")
            return
        best, than = rival.preferred
        names: list[object] = [("wish", rival.wish)]
        if best:
            names += [("best", best), ("pair", best, than), ("than", than)]
        else:
            names += ["other", ("disliked", rival.disliked)]
        self._pools.add(rival, *names)

    def first(self, at: datetime, rival: Rival) -> list[Rival]:
        if not rival.wish:
            return self._pools.first(at, "", unlike=rival.what)
        best, than = rival.preferred
        names: list[object] = [("wish", rival.wish)]
        if best:
            names += [("disliked", best)]
            names += [("pair", than, ""), ("pair", than, best)] if than else [("than", best)]
        else:
            names += [("disliked", "")]
            names += [("best", rival.disliked)] if rival.disliked else []
            names += ["other"] if rival.disliked == "" else []
        return self._pools.first(at, *names, unlike=rival.what)
