"""What an agent would be shown for each question: evidence, timelines, or nothing where nothing fits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import fmean

from bench.instruments.recall_sets import Collection, Query
from bench.instruments.remembered import message_of, user_of
from bench.instruments.report import Figure
from emergence.contracts.memory.recall import RecallRequest
from emergence.kernel.clock import SystemClock
from emergence.memory.answer_recall import answer_recall
from emergence.memory.parts import Memory

TURNS, TOKENS = 8, 600  # as chat asks
PATIENCE_S = 60.0  # however busy the machine is: what is found counts here, not how fast
TEMPORAL = "temporal"


@dataclass(frozen=True, slots=True)
class Shown:
    """The share of a question's evidence that was shown, None where it has none, and how many turns were."""

    query: Query
    share: float | None
    turns: int
    is_timeline: bool


class _Standing(SystemClock):
    """A clock that shows one moment: questions are asked on the day after the last conversation."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at


async def shown_to_agents(memory: Memory, collection: Collection) -> list[Shown]:
    """Ask every question as chat asks, those that nothing answers too."""
    memory = replace(memory, clock=_Standing(max(item.at for item in collection.items) + timedelta(days=1)))
    return [await _asked(memory, collection, query) for query in (*collection.queries, *collection.unanswered)]


async def _asked(memory: Memory, collection: Collection, query: Query) -> Shown:
    asked = RecallRequest(
        user_id=user_of(collection), query=query.text, limit=TURNS, token_budget=TOKENS, patience_s=PATIENCE_S
    )
    turns = (await answer_recall(memory, asked)).turns
    wanted = {message_of(collection, item) for item in query.relevant}
    share = sum(turn.message in wanted for turn in turns) / len(wanted) if wanted else None
    return Shown(query, share, len(turns), any(turn.why.timeline for turn in turns))


def figures_of_shown(kind: str, shown: Sequence[Shown]) -> list[Figure]:
    """Return how much of the evidence is shown, also along a timeline, and how often nothing is where nothing fits."""
    answerable = [each.share for each in shown if each.share is not None]
    temporal = [each for each in shown if each.query.category == TEMPORAL and each.share is not None]
    never = [each for each in shown if each.share is None]
    note = f"{TURNS} turns and {TOKENS} tokens at most"
    figures = [Figure(f"{kind}_shown", 100 * fmean(answerable), "%", note=note)]
    if temporal:
        figures += [
            Figure(f"{kind}_shown_temporal", 100 * fmean(each.share or 0.0 for each in temporal), "%", note=note),
            Figure(f"{kind}_timelines", 100 * fmean(each.is_timeline for each in temporal), "%"),
        ]
    if never:
        silent = 100 * fmean(each.turns == 0 for each in never)
        figures.append(Figure(f"{kind}_silent", silent, "%", note=f"{len(never)} questions that nothing answers"))
    return figures
