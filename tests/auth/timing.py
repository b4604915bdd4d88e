"""Whether kinds of requests can be told apart by the time that they take, on a machine that is shared."""

import random
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from math import erfc, sqrt
from statistics import median, stdev
from time import perf_counter

import httpx2
import pytest

from emergence.auth import passwords
from tests.auth.served_auth import ServedAuth

REQUESTS = 400
ROUNDS = 3  # the machine is shared: a difference that is ours stays when there is more to compare
HIDDEN_AT_MOST = 0.1  # of the median; a machine so busy that it could hide more is asked again
REFERENCE = "unknown"
COOKIE_VALUE = re.compile("=[A-Za-z0-9_-]{43}(?=;)")


def shorten_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash in a few milliseconds: whatever else takes longer for some is a greater share of the whole then."""
    monkeypatch.setattr(passwords, "MEMORY_KIB", 2_048)
    monkeypatch.setattr(passwords, "PASSES", 1)


async def suspended_person(served: ServedAuth, email: str) -> None:
    await served.person(email)
    await served.auth.database.execute(
        "UPDATE users SET status = 'suspended' WHERE id = (SELECT user_id FROM user_emails WHERE email_norm = $1)",
        email,
    )


@dataclass(frozen=True)
class Seen:
    """What a stranger saw: answers that differ in a byte, and the seconds that each kind took."""

    answers: set[tuple[int, tuple[tuple[str, str], ...], bytes]]
    times: dict[str, list[float]]

    @property
    def difference(self) -> str:
        """How the kinds differ in time; empty when they do not."""
        return compared(self.times)


def told(answer: httpx2.Response) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """Return all that an answer says, but what is drawn anew for each cookie."""
    headers = [
        (name, COOKIE_VALUE.sub("=…", value, 1) if name == "set-cookie" else value)
        for name, value in answer.headers.items()
    ]
    return answer.status_code, tuple(sorted(headers)), answer.content


async def interleaved(kinds: Sequence[str], ask: Callable[[str, int], Awaitable[httpx2.Response]]) -> Seen:
    """Ask four hundred times, kinds in random order; go on where that shows a difference, or could hide one.

    In the end everything is compared that there is.
    """
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    seen, number = Seen(set(), times), 0
    for _ in range(ROUNDS):
        for _ in range(REQUESTS // len(kinds)):
            for kind in random.sample(kinds, len(kinds)):
                number += 1
                started = perf_counter()
                answer = await ask(kind, number)
                times[kind].append(perf_counter() - started)
                seen.answers.add(told(answer))
        if not seen.difference and could_hide(times) < HIDDEN_AT_MOST:
            break
    return seen


def compared(times: dict[str, list[float]]) -> str:
    """Return how the kinds differ in time from unknown accounts; nothing when they do not.

    A gap between medians counts when it is 5 % for sure: by more than two standard errors, small on a calm machine.
    Whether a smaller one can be told from chance is measured with whole hashes, by `emergence bench alike`.
    """
    return "; ".join(_differing(times, (kind for kind in times if kind != REFERENCE)))


def _differing(times: dict[str, list[float]], kinds: Iterable[str]) -> Iterable[str]:
    unknown = times[REFERENCE]
    for kind in kinds:
        gap = gap_of(times[kind], unknown)
        if gap - 2 * error_of_gap(times[kind], unknown) >= 0.05:
            yield f"{kind}: p {difference(times[kind], unknown):.4f}, medians differ by {gap:.1%}"


def gap_of(one: Sequence[float], other: Sequence[float]) -> float:
    """Return how far the medians lie apart, as a share of the second."""
    return abs(median(one) - median(other)) / median(other)


def could_hide(times: dict[str, list[float]]) -> float:
    """Return how large a gap between medians may be without being seen."""
    return max(2 * error_of_gap(each, times[REFERENCE]) for kind, each in times.items() if kind != REFERENCE)


def difference(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the p-value of Mann and Whitney's U test, two-sided, by its normal approximation (no ties in times)."""
    ranked = sorted([(time, 0) for time in one] + [(time, 1) for time in other])
    ranks = sum(rank for rank, (_, which) in enumerate(ranked, 1) if which == 0)
    n, m = len(one), len(other)
    u = ranks - n * (n + 1) / 2
    z = (u - n * m / 2) / sqrt(n * m * (n + m + 1) / 12)
    return erfc(abs(z) / sqrt(2))


def error_of_gap(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the standard error of the gap between medians, by two hundred resamples (bootstrap)."""
    chance = random.Random(1)
    medians = [
        (median(chance.choices(one, k=len(one))) - median(chance.choices(other, k=len(other)))) / median(other)
        for _ in range(200)
    ]
    return stdev(medians)
