"""Knows messages of the former system again that it tells with other ids: what was a session there is a thread now."""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

Id = TypeVar("Id", str, UUID)
NO_AGENTS = ("system", "note")  # who spoke where neither a person nor an agent did


@dataclass(frozen=True, slots=True)
class Said(Generic[Id]):
    """One utterance, and what it is called: there or here.

    Sessions may have had no times; what came in without one has that of the message before it, or of the beginning.
    """

    id: Id
    role: str
    agent: str | None
    text: str
    created_at: datetime
    has_own_time: bool = True

    def by_whom(self) -> str:
        """Return who said it; agents are not told apart, because sessions often do not name them."""
        return self.agent if self.role == "agent" and self.agent in NO_AGENTS else self.role

    def in_its_second(self) -> Hashable:
        return self.by_whom(), self.text, self.created_at.replace(microsecond=0)

    def words(self) -> Hashable:
        return self.by_whom(), self.text


def known_again(told: Sequence[Said[str]], here: Sequence[Said[UUID]]) -> dict[str, UUID]:
    """Return under which id what is told is here already: who, words and second are the same.

    Where a message here has no time of its own, who and words are enough. Each is found once, in order, so that what
    was said twice is there twice.
    """
    found = _paired(told, here, Said.in_its_second, Said.in_its_second)
    taken = set(found.values())
    timeless = [said for said in here if not said.has_own_time and said.id not in taken]
    return found | _paired([said for said in told if said.id not in found], timeless, Said.words, Said.words)


def _paired(
    told: Sequence[Said[str]],
    here: Sequence[Said[UUID]],
    of_told: Callable[[Said[str]], Hashable],
    of_here: Callable[[Said[UUID]], Hashable],
) -> dict[str, UUID]:
    waiting: defaultdict[Hashable, deque[UUID]] = defaultdict(deque)
    for said in here:
        waiting[of_here(said)].append(said.id)
    return {said.id: waiting[of_told(said)].popleft() for said in told if waiting[of_told(said)]}
