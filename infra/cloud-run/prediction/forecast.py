"""Predicts open sockets hour by hour: a quantile of the same hour of earlier weeks, moved by growth and the last hour.

The hour of the week is that of people's clocks, so it stays the same when their clocks are changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from statistics import median

from prediction.history import HOUR, WEEK, Unusable

WEEKS = 6  # that are looked back; older ones tell of other people
GROWTH_LEAST, GROWTH_MOST = 0.8, 1.5  # a week over the one before; beyond it is an event and no growth
BURST_MOST = 4.0
BURST_HALVES_IN_H = 6.0  # what is above the usual now is expected to have halved by then


@dataclass(frozen=True, slots=True)
class Method:
    """`quantile` of the earlier weeks, between 0 and 1; `zone` of the people's clocks."""

    quantile: float = 0.95
    zone: tzinfo = UTC


def predicted(hours: Mapping[datetime, float], first: datetime, count: int, method: Method) -> list[float]:
    """Return the sockets expected in each of `count` hours from `first` on, which follows the history.

    Raises Unusable where no hour of the last weeks is like one of them. `first` is the beginning of an hour in UTC.
    """
    course = _course(hours, first)
    above = _above_usual(hours, first - HOUR, course, method)
    expected = []
    for ahead in range(count):
        hour = first + ahead * HOUR
        like = _like(hours, hour, course, method)
        if not like:
            local = hour.astimezone(method.zone)
            raise Unusable(f"no earlier week of the history has a {local:%A, %H:%M}")
        expected.append(_quantile(like, method.quantile) * (1 + (above - 1) * 0.5 ** (ahead / BURST_HALVES_IN_H)))
    return expected


@dataclass(frozen=True, slots=True)
class _Course:
    """`now` is the first hour that is not known; `level` of each week back, over the last one; `growth` a week."""

    now: datetime
    level: Sequence[float]
    growth: float


def _course(hours: Mapping[datetime, float], now: datetime) -> _Course:
    levels = [_level(hours, now, back) for back in range(WEEKS)]
    known = [(back, level) for back, level in enumerate(levels) if back and level]
    growth = median((1 / level) ** (1 / back) for back, level in known) if known else 1.0
    return _Course(now, [level or 1.0 for level in levels], min(max(growth, GROWTH_LEAST), GROWTH_MOST))


def _level(hours: Mapping[datetime, float], now: datetime, back: int) -> float | None:
    """Return the sockets of a week over those of the last one, by the hours that both have."""
    last = [now - ago * HOUR for ago in range(1, WEEK // HOUR + 1)]
    both = [(hours[at - back * WEEK], hours[at]) for at in last if at in hours and at - back * WEEK in hours]
    then, recent = sum(pair[0] for pair in both), sum(pair[1] for pair in both)
    return then / recent if then and recent else None


def _like(hours: Mapping[datetime, float], hour: datetime, course: _Course, method: Method) -> list[float]:
    """Return what the same hour of the last weeks held, as it would be today."""
    local = hour.astimezone(method.zone)
    ahead = (hour - course.now) / WEEK + 0.5  # the last week's level is that of its middle
    found = []
    for back in range(1, WEEKS + 1):
        then = (local - timedelta(weeks=back)).astimezone(UTC)  # the same time on people's clocks
        if then in hours and then < course.now:
            week = min(int((course.now - HOUR - then) / WEEK), WEEKS - 1)
            found.append(hours[then] / course.level[week] * course.growth**ahead)
    return found


def _above_usual(hours: Mapping[datetime, float], last: datetime, course: _Course, method: Method) -> float:
    """Return how many times the usual the last known hour was; never below 1: a lull says nothing of the next hour."""
    like = _like(hours, last, course, method)
    usual = _quantile(like, method.quantile) if like else 0.0
    if last not in hours or not usual:
        return 1.0
    return min(max(hours[last] / usual, 1.0), BURST_MOST)


def _quantile(values: Sequence[float], share: float) -> float:
    """Return a quantile, straight between neighbours (Hyndman and Fan's seventh)."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    return ordered[below] + (ordered[min(below + 1, len(ordered) - 1)] - ordered[below]) * (place - below)
