"""`emergence bench predict`: session's instances predicted from made histories of sockets, and two ways without.

Each hour of the last weeks is predicted from those before it, as `make predict` does, and compared with what it held.
"""

import argparse
import math
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

from bench.instruments.report import Figure, measure_and_publish

sys.path.append(
    str(Path(__file__).parents[1] / "infra" / "cloud-run")
)  # the operators' programs are no part of the product

from prediction.forecast import Method, predicted
from prediction.history import HOUR
from prediction.instances import Capacity, wanted

FIRST = datetime(2027, 1, 4, tzinfo=UTC)  # a Monday; the clocks change in the twelfth week
PARIS = ZoneInfo("Europe/Paris")
KNOWN_WEEKS = 6
DAY_H, WEEK_H = 24, 168
CAPACITY = Capacity(
    least=0, most=100, most_by_connections=100, concurrency=1000, memory_mib=512, instance_month=Decimal(0)
)
SHORT_TARGET, WASTE_TARGET = 0.01, 0.4


@dataclass(frozen=True, slots=True)
class Made:
    """How a history is made: people a day and a week, what comes on top, and chance."""

    name: str
    growth: float = 1.0  # a week
    has_burst: bool = False


MADE = (Made("steady"), Made("growing", growth=1.06), Made("burst", has_burst=True))
Policy = Callable[[Sequence[float], int], int]


def made_history(made: Made, weeks: int, seed: int) -> list[float]:
    """Return the most sockets of each hour: nights, working days, week-ends, growth, chance of 8 %, perhaps a burst."""
    chance = random.Random(f"{made.name} {seed}")
    found = []
    burst_at = (KNOWN_WEEKS + 1) * WEEK_H + 2 * DAY_H + 14
    for hour in range(weeks * WEEK_H):
        local = (FIRST + hour * HOUR).astimezone(PARIS)
        at_work = math.exp(-(((local.hour - 11) / 3.5) ** 2)) + 0.8 * math.exp(-(((local.hour - 16.5) / 3.0) ** 2))
        evening = 0.5 * math.exp(-(((local.hour - 21) / 2.0) ** 2))
        people = 250 + 5200 * (at_work * (0.3 if local.weekday() >= 5 else 1.0) + evening)
        people *= made.growth ** (hour / WEEK_H)
        since = hour - burst_at
        if made.has_burst and since >= 0:
            people *= 1 + 1.5 * 0.5 ** (since / 6)  # two and a half times as many within an hour, gone within a day
        found.append(max(0.0, people * chance.gauss(1, 0.08)))
    return found


def by_prediction(ahead: int = 1, shift_h: int = 0) -> Policy:
    """Return the policy of `make predict`, run every `ahead` hours; `shift_h` is a deliberately wrong clock."""
    held: dict[int, list[float]] = {}

    def instances(history: Sequence[float], hour: int) -> int:
        asked = hour - hour % ahead
        if asked not in held:
            known = {FIRST + (at + shift_h) * HOUR: value for at, value in enumerate(history[:asked])}
            held[asked] = predicted(known, FIRST + asked * HOUR, ahead, Method(zone=PARIS))
        expected = held[asked][hour - asked] if ahead == 1 else max(held[asked])
        return wanted(expected, CAPACITY)

    return instances


def reactive(history: Sequence[float], hour: int) -> int:
    """Keep what the last hour needed, with the same head room."""
    return wanted(history[hour - 1], CAPACITY)


def fixed_maximum(history: Sequence[float], hour: int) -> int:
    """Keep what the fullest hour so far needed, with the same head room."""
    return wanted(max(history[:hour]), CAPACITY)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The share of hours with too few instances; instance hours beyond the need, over those that were needed."""

    short: float
    wasted: float
    wasted_hours: int


def judged(history: Sequence[float], policy: Policy) -> Outcome:
    """Follow a policy through the hours after the known weeks."""
    short = over = needed = hours = 0
    for hour in range(KNOWN_WEEKS * WEEK_H, len(history)):
        need, have = wanted(history[hour], CAPACITY, head_room=0), policy(history, hour)
        hours += 1
        short += have < need
        over += max(0, have - need)
        needed += need
    return Outcome(short / hours, over / needed, over)


def measured(weeks: int, seed: int) -> list[Figure]:
    """Return each way's figures for each history."""
    figures = []
    spent_s, asked = 0.0, 0
    for made in MADE:
        history = made_history(made, KNOWN_WEEKS + weeks, seed)
        began = perf_counter()
        hourly = judged(history, by_prediction())
        spent_s, asked = spent_s + perf_counter() - began, asked + len(history) - KNOWN_WEEKS * WEEK_H
        ways = {
            "hourly": hourly,
            "daily": judged(history, by_prediction(DAY_H)),
            "reactive": judged(history, reactive),
            "fixed": judged(history, fixed_maximum),
        }
        wrong = judged(history, by_prediction(shift_h=12))
        for way, outcome in ways.items():
            is_ours = way == "hourly"
            note = f"{outcome.wasted_hours} instance hours more than were needed"
            figures += [
                Figure(f"{made.name}_{way}_short", outcome.short, "share", SHORT_TARGET if is_ours else None),
                Figure(
                    f"{made.name}_{way}_wasted", outcome.wasted, "share", WASTE_TARGET if is_ours else None, note=note
                ),
            ]
        figures += [
            Figure(f"{made.name}_short_less", ways["reactive"].short - hourly.short, "share", 0, ">=", "than reactive"),
            Figure(
                f"{made.name}_wasted_less", 1 - hourly.wasted / ways["fixed"].wasted, "share", 0.5, ">=", "than fixed"
            ),
            Figure(
                f"{made.name}_wrong_clock_noticed",
                float(wrong.short > SHORT_TARGET),
                "",
                1,
                ">=",
                f"{wrong.short:.0%} short",
            ),
        ]
    return [*figures, Figure("prediction", 1000 * spent_s / asked, "ms", note="of one next hour, six weeks known")]


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="emergence bench predict", description=__doc__)
    parser.add_argument("--weeks", type=int, default=4, help="that are predicted, after six that are known")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    return measure_and_publish("predict", lambda: measured(given.weeks, given.seed))


if __name__ == "__main__":
    raise SystemExit(main())
