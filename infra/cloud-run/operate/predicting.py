"""Predicts how many instances of session are needed, and sets its minimum within what manifest and database allow."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from operate.cloud_monitoring import time_series
from operate.programs import Tools, blueprint, tell
from operate.refusals import Exit, Refused
from operate.revisions import require_live
from prediction.forecast import WEEKS, Method, predicted
from prediction.history import HOUR, WEEK, Unusable, read_history, require_enough
from prediction.instances import Capacity, Chosen, chosen

SERVICE, NAME = "session", "emergence-session-service"
# The figure of the session service, as the collector beside it hands it over.
FIGURE = 'metric.type="prometheus.googleapis.com/session_connections/gauge" AND resource.type="prometheus_target"'
EACH_MINUTE_SUMMED = {
    "aggregation.alignmentPeriod": "60s",
    "aggregation.perSeriesAligner": "ALIGN_MAX",
    "aggregation.crossSeriesReducer": "REDUCE_SUM",
    "secondaryAggregation.alignmentPeriod": "3600s",
    "secondaryAggregation.perSeriesAligner": "ALIGN_MAX",
}
FORESEEN_H = 24
# The hour that runs and the next, so that it does not matter at which minute somebody asks.
HORIZONS = {"hour": 2, "day": FORESEEN_H}
STALE_H = 2  # a prediction that begins further from now is not set


@dataclass(frozen=True, slots=True)
class Wish:
    """What the operator asked for; without a file Cloud Monitoring is asked."""

    history: str | None
    zone: tzinfo
    quantile: float
    head_room: float
    horizon: str
    as_json: bool


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What was predicted: the first hour, and the minimum that is to be set."""

    first: datetime
    minimum: Chosen
    capacity: Capacity


def zone_called(name: str) -> tzinfo:
    """Return a time zone. Raises Refused(NOT_ASKED)."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise Refused(Exit.NOT_ASKED, f"there is no time zone {name!r}; write one like Europe/Paris") from None


def predict(tools: Tools, wish: Wish) -> Foreseen:
    """Print hour by hour what is expected, and what the minimum would be. Raises Refused(HISTORY)."""
    told = json.loads(blueprint(tools, "capacity", SERVICE, *_sizes(tools)))
    capacity = Capacity.of(told)
    try:
        hours = read_history(_history(tools, wish))
        require_enough(hours)
        first = max(hours) + HOUR
        expected = predicted(hours, first, FORESEEN_H, Method(wish.quantile, wish.zone))
    except Unusable as unusable:
        raise Refused(Exit.HISTORY, str(unusable)) from None
    each = [chosen(sockets, capacity, wish.head_room) for sockets in expected]
    minimum = max(each[: HORIZONS[wish.horizon]], key=lambda one: one.wanted)
    document = _document(wish, hours, first, list(zip(expected, each, strict=True)), capacity)
    document |= {"horizon": wish.horizon, "minimum": minimum.instances, "wanted": minimum.wanted}
    document |= {"held_back_by": minimum.held_back_by, "rates_as_of": told["rates_as_of"]}
    document["minimum_month"] = str(minimum.instances * capacity.instance_month)
    print(json.dumps(document, indent=2) if wish.as_json else _table(document))
    return Foreseen(first, minimum, capacity)


def apply(tools: Tools, foreseen: Foreseen) -> None:
    """Have the service keep so many instances: no revision, no traffic moves. Raises Refused(HISTORY, NO_REVISION)."""
    now = datetime.now(UTC)
    if abs((foreseen.first - now) / HOUR) > STALE_H:
        begins = f"{foreseen.first:%F %R} UTC"
        raise Refused(Exit.HISTORY, f"the history ends before {begins}, too far from now to set anything by it")
    live = require_live(tools, NAME)
    wanted = foreseen.minimum.instances
    price = foreseen.capacity.instance_month
    if live.minimum == str(wanted):
        tell(f"{NAME} keeps {wanted} instances already; nothing was changed")
        return
    before = int(live.minimum) if live.minimum is not None else foreseen.capacity.least
    tools.change("run", "services", "update", NAME, f"--region={tools.place.region}", f"--min={wanted}")
    if not tools.is_dry:
        tell(
            f"{NAME} keeps {wanted} instances, {wanted * price} USD a month while it stays so; "
            f"before: {before}, {before * price} USD"
        )


def _sizes(tools: Tools) -> tuple[str, ...]:
    return ("--env", tools.place.environment, "--profile", tools.place.profile)


def _history(tools: Tools, wish: Wish) -> str:
    if wish.history is not None:
        try:
            return Path(wish.history).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as unreadable:
            raise Unusable(f"{wish.history} cannot be read: {unreadable}") from None
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    answer = time_series(tools, FIGURE, until - (WEEKS + 1) * WEEK, until, **EACH_MINUTE_SUMMED)
    if not answer["timeSeries"]:
        raise Unusable("Cloud Monitoring has no session_connections; it comes with COLLECTOR (monitoring/README.md)")
    return json.dumps(answer)


def _document(
    wish: Wish,
    hours: Mapping[datetime, float],
    first: datetime,
    each: list[tuple[float, Chosen]],
    capacity: Capacity,
) -> dict[str, object]:
    mean = Decimal(sum(one.instances for _, one in each)) / len(each)
    return {
        "service": NAME,
        "known_hours": len(hours),
        "known_from": min(hours).isoformat(),
        "quantile": wish.quantile,
        "head_room": wish.head_room,
        "sockets_an_instance": capacity.sockets_each,
        "hours": [
            {
                "from": (first + ahead * HOUR).astimezone(wish.zone).isoformat(),
                "sockets": round(sockets),
                "instances": one.instances,
            }
            for ahead, (sockets, one) in enumerate(each)
        ],
        "set_hourly_month": str((mean * capacity.instance_month).quantize(Decimal("0.01"))),
    }


def _table(told: dict[str, object]) -> str:
    hours = told["hours"]
    assert isinstance(hours, list)
    lines = [f"{'from':25} {'sockets':>8} {'instances':>9}"]
    lines += [f"{each['from']:25} {each['sockets']:>8} {each['instances']:>9}" for each in hours]
    held = f", {told['wanted']} would be needed: {told['held_back_by']}" if told["held_back_by"] else ""
    lines += [
        f"{told['known_hours']} hours known; {told['quantile']:.0%} of earlier weeks, "
        f"{told['head_room']:.0%} head room, {told['sockets_an_instance']} sockets an instance",
        f"minimum for the {told['horizon']}: {told['minimum']}{held}",
        f"{told['minimum_month']} USD a month while it stays so, {told['set_hourly_month']} USD set anew every hour; "
        f"rates of {told['rates_as_of']}",
    ]
    return "\n".join(lines)
