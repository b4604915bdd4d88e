"""How good rankings are: recall, reciprocal rank and discounted gain, by category."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from bench.instruments.recall_sets import Kind
from bench.instruments.report import Figure

ADVERSARIAL = "5"  # LoCoMo's questions with a false premise; reported apart


@dataclass(frozen=True, slots=True)
class Judged:
    """One question's outcome: the ranks (from 1) at which its evidence was found, and what budgets had room for."""

    category: str
    evidence: int
    ranks: tuple[int, ...]
    in_budget: tuple[float, ...]
    seconds: float

    def recall_at(self, depth: int) -> float:
        """Return the share of the evidence among the first `depth`."""
        return sum(rank <= depth for rank in self.ranks) / self.evidence

    def reciprocal_rank(self) -> float:
        """Return 1 over the rank of the first evidence, 0 without any."""
        return 1 / min(self.ranks) if self.ranks else 0.0

    def gain_at(self, depth: int) -> float:
        """Return nDCG with binary relevance."""
        best = sum(1 / math.log2(place + 1) for place in range(1, min(self.evidence, depth) + 1))
        return sum(1 / math.log2(rank + 1) for rank in self.ranks if rank <= depth) / best


# Pass of the design's table: first, what retrieval finds; then what fits into a prompt.
_TARGETS: dict[tuple[Kind, str], float] = {
    ("locomo", "r10"): 76,
    ("locomo", "mrr"): 57,
    ("locomo", "in_1000"): 82,
    ("locomo", "adversarial_r10"): 80,
    ("afriqa", "r10"): 93,
    ("afriqa", "mrr"): 84,
}
BUDGETS = (500, 1_000)


def figures_of(kind: Kind, judged: Sequence[Judged]) -> Iterator[Figure]:
    """Yield what is reported of all questions of one kind of file."""
    whole = [each for each in judged if kind != "locomo" or each.category != ADVERSARIAL]
    yield from _ranking(kind, f"{kind}_", whole)
    for place, budget in enumerate(BUDGETS):
        share = _percent(whole, lambda each, place=place: each.in_budget[place])  # type: ignore[misc]
        name = f"in_{budget}"
        yield Figure(f"{kind}_{name}", share, "%", _TARGETS.get((kind, name)), ">=", "evidence within so many tokens")
    for category in sorted({each.category for each in judged}):
        of_it = [each for each in judged if each.category == category]
        name = "adversarial_r10" if kind == "locomo" and category == ADVERSARIAL else f"category_{category}_r10"
        target = _TARGETS.get((kind, name))
        yield Figure(
            f"{kind}_{name}", _percent(of_it, lambda each: each.recall_at(10)), "%", target, ">=", _count(of_it)
        )
        yield Figure(f"{kind}_category_{category}_mrr", _percent(of_it, Judged.reciprocal_rank), "%")
        yield Figure(f"{kind}_category_{category}_ndcg10", _percent(of_it, lambda each: each.gain_at(10)), "%")


def _ranking(kind: Kind, prefix: str, judged: Sequence[Judged]) -> Iterator[Figure]:
    for depth in (5, 10, 20):
        share = _percent(judged, lambda each, depth=depth: each.recall_at(depth))  # type: ignore[misc]
        yield Figure(f"{prefix}r{depth}", share, "%", _TARGETS.get((kind, f"r{depth}")), ">=", _count(judged))
    yield Figure(f"{prefix}mrr", _percent(judged, Judged.reciprocal_rank), "%", _TARGETS.get((kind, "mrr")), ">=")
    yield Figure(f"{prefix}ndcg10", _percent(judged, lambda each: each.gain_at(10)), "%")


def _percent(judged: Sequence[Judged], measure: Callable[[Judged], float]) -> float:
    return 100 * fmean(map(measure, judged)) if judged else 0.0


def _count(judged: Sequence[Judged]) -> str:
    return f"{len(judged)} questions"
