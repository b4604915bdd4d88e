"""Reads a history of open sockets from CSV, JSON or an answer of Cloud Monitoring's `timeSeries.list`, hour by hour."""

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
LEAST_SHARE = 0.5  # of the hours between the first and the last that must be there
FIELDS = ("time", "sockets")


class Unusable(ValueError):
    """A history from which nothing can be predicted; the message says why in one line."""


@dataclass(frozen=True, slots=True)
class Sample:
    """How many sockets were open, all instances together, at a moment."""

    at: datetime
    sockets: float


def read_history(text: str) -> dict[datetime, float]:
    """Return the most sockets of each known hour, by its beginning in UTC, oldest first. Raises Unusable."""
    begins = text.lstrip("\ufeff \t\r\n")
    if not begins:
        raise Unusable("the history is empty")
    return by_hour(_from_json(begins) if begins[0] in "[{" else _from_csv(begins))


def by_hour(samples: Iterable[Sample]) -> dict[datetime, float]:
    """Return the most sockets of each hour, oldest first. Raises Unusable for none."""
    most: dict[datetime, float] = {}
    for sample in samples:
        hour = sample.at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        most[hour] = max(most.get(hour, 0.0), sample.sockets)
    if not most:
        raise Unusable("the history is empty")
    return dict(sorted(most.items()))


def require_enough(hours: Mapping[datetime, float]) -> None:
    """Raise Unusable for less than a week, or one with more holes than hours. An hour that is missing is not zero."""
    first, last = min(hours), max(hours)
    spanned = int((last - first) / HOUR) + 1
    if spanned < WEEK / HOUR:
        raise Unusable(f"the history covers {spanned} hours; a week, 168, is the least that shows its course")
    if len(hours) < LEAST_SHARE * spanned:
        raise Unusable(
            f"the history has {len(hours)} of the {spanned} hours that it spans; at least half must be there"
        )


def _from_csv(text: str) -> Iterable[Sample]:
    rows = csv.DictReader(io.StringIO(text))
    if not set(FIELDS) <= set(rows.fieldnames or ()):
        raise Unusable(
            f"the first line must name the columns {' and '.join(FIELDS)}, not {text.splitlines()[0][:60]!r}"
        )
    return [_sample(row.get("time"), row.get("sockets"), f"line {rows.line_num}") for row in rows]


def _from_json(text: str) -> Iterable[Sample]:
    try:
        said = json.loads(text)
    except ValueError as malformed:
        raise Unusable(f"the history is no JSON: {malformed}") from None
    if isinstance(said, dict):
        return _from_time_series(said)
    if not all(isinstance(each, dict) and set(FIELDS) <= set(each) for each in said):
        raise Unusable('the history must be a list of {"time": …, "sockets": …}')
    return [_sample(each["time"], each["sockets"], f"entry {number}") for number, each in enumerate(said, start=1)]


def _from_time_series(said: Mapping[str, Any]) -> Iterable[Sample]:
    """Read an answer of `timeSeries.list`; several series are one for each instance, and are added up."""
    sums: dict[str, float] = {}
    try:
        for series in said.get("timeSeries") or []:
            for point in series["points"]:
                at, held = point["interval"]["endTime"], point["value"]
                value = held["doubleValue"] if "doubleValue" in held else held["int64Value"]
                sums[at] = sums.get(at, 0.0) + _number(value, at)
    except (KeyError, TypeError, AttributeError):
        raise Unusable("the history is not what Cloud Monitoring's timeSeries.list answers") from None
    # A point of an hour carries the hour's end.
    return [Sample(_moment(at, at) - timedelta(microseconds=1), value) for at, value in sums.items()]


def _sample(at: object, sockets: object, where: str) -> Sample:
    return Sample(_moment(at, where), _number(sockets, where))


def _moment(said: object, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        raise Unusable(f"{where}: {str(said)[:40]!r} is no time like 2027-01-15T09:00:00Z") from None
    if moment.tzinfo is None:
        raise Unusable(f"{where}: {said} has no time zone; write Z, or the offset from UTC")
    return moment


def _number(said: object, where: str) -> float:
    try:
        number = math.nan if isinstance(said, bool) else float(str(said))
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise Unusable(f"{where}: {str(said)[:40]!r} is no number of sockets")
    return number
