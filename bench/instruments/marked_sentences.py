"""Sentences that are marked with what they say of whoever says them, and what is made of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from emergence.memory.harvest.harvest_turn import SaidTurn, harvest_turn
from emergence.memory.store.keep_items import NewItem

SAID_AT = datetime(2026, 11, 25, 10, tzinfo=UTC)  # a Wednesday
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Marked:
    """A message, what it should make, and what it does."""

    said: str
    should: frozenset[str]
    does: frozenset[str]


@dataclass(frozen=True, slots=True)
class Harvested:
    """How well that went: of what was made, how much should have been; of what should have been, how much was."""

    sentences: int
    made: int
    right: int
    wanted: int

    @property
    def precision(self) -> float:
        """Return the share of what was made that is right."""
        return self.right / self.made if self.made else 1.0

    @property
    def recall(self) -> float:
        """Return the share of what should be made that was."""
        return self.right / self.wanted if self.wanted else 1.0


def read_marked(path: Path) -> list[Marked]:
    """Read a file of lines `message TAB mark; mark` (`\\n` is a new line), and harvest each message."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [_marked(*line.partition("\t")[::2]) for line in lines]


def _marked(said: str, marks: str) -> Marked:
    said = said.replace("\\n", "\n")
    made = harvest_turn(SaidTurn(NOBODY, NOBODY, SAID_AT, said))
    should = frozenset(mark.strip() for mark in marks.split(";") if mark.strip())
    return Marked(said, should, frozenset(_mark(item) for item in made))


def _mark(item: NewItem) -> str:
    if item.fact is not None:
        end = "end " if item.kind == "event" else ""
        return f"{end}{item.fact.predicate}={item.fact.object}"
    if item.kind == "preference" and item.preference is not None:
        return f"{'+' if item.preference.strength > 0 else '-'}{item.preference.value}"
    if item.kind == "event" and item.preference is not None:
        return f"end {item.preference.key}={item.preference.value}"
    if item.kind == "event" and item.happened_at is not None:
        return f"event {item.happened_at:%Y-%m-%d}"
    return item.kind


def judged(marked: Sequence[Marked]) -> Harvested:
    """Return how well that went."""
    return Harvested(
        sentences=len(marked),
        made=sum(len(each.does) for each in marked),
        right=sum(len(each.does & each.should) for each in marked),
        wanted=sum(len(each.should) for each in marked),
    )
