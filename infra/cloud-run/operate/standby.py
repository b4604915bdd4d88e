"""The second region: what stands there, how far its database is behind, and which of the two serves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from operate.catalogue import Service
from operate.cloud_monitoring import time_series
from operate.place import Place
from operate.programs import Tools
from operate.refusals import Exit, Missing, Refused
from operate.revisions import Live, live_service

LAG = "cloudsql.googleapis.com/database/replication/replica_lag"  # seconds; a figure a minute, some minutes late
LOOKED_BACK = timedelta(minutes=15)
STOPPED = "NEVER"  # the activation policy of a database that nobody can write to


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the replica was behind, and how long ago that was."""

    seconds: float
    age_s: float

    @property
    def at_most_s(self) -> float:
        """Return what may be lost: what it was behind then, and all that came since where the primary is gone."""
        return self.seconds + self.age_s

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s behind {self.age_s:.0f} s ago"


@dataclass(frozen=True, slots=True)
class Instance:
    """A database instance, as Google has it; `primary` is whose replica it is."""

    name: str
    state: str
    address: str | None
    primary: str | None
    is_stopped: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Both sides. `groups` says for each backend of the load balancer which regions it asks; empty: there is none."""

    primary: Instance | None
    replica: Instance
    lag: Lag | None
    services: dict[str, Live | None]
    groups: dict[str, list[str]]


def second(place: Place, *, serves: bool) -> Place:
    """Return the second region as a place; until it `serves` its services keep no instance. Raises Refused(STANDBY)."""
    if not place.standby_region:
        raise Refused(
            Exit.STANDBY,
            f"STANDBY_REGION is not set; write STANDBY_REGION=europe-west4 into .env.{place.environment} once "
            "Terraform has made it",
        )
    if place.standby_region == place.region:
        raise Refused(Exit.STANDBY, f"STANDBY_REGION={place.standby_region} is REGION too; it must be another region")
    return replace(
        place,
        region=place.standby_region,
        sql_instance=place.standby_instance,
        vpc=place.vpc.partition("/")[0] if place.vpc else None,  # a subnet is of one region
        is_standby=not serves,
    )


def standing(tools: Tools, services: Sequence[Service]) -> Standing:
    """Return how things are. Raises Refused(STANDBY) where there is no second database."""
    there = Tools(tools.machine, second(tools.place, serves=True), tools.is_dry)
    replica = instance(tools, there.place.sql_instance)
    if replica is None:
        raise Refused(
            Exit.STANDBY,
            f"there is no Cloud SQL instance {there.place.sql_instance}; Terraform makes it with standby_region",
        )
    return Standing(
        primary=instance(tools, tools.place.sql_instance),
        replica=replica,
        lag=lag(tools, replica.name) if replica.primary else None,
        services={service.name: live_service(there, service.name) for service in services},
        groups=groups(tools, services),
    )


def instance(tools: Tools, name: str) -> Instance | None:
    """Return a database instance; None where Google knows none."""
    try:
        found: dict[str, Any] = tools.read("sql", "instances", "describe", name)
    except Missing:
        return None
    private = [each["ipAddress"] for each in found.get("ipAddresses", []) if each.get("type") == "PRIVATE"]
    return Instance(
        name=name,
        state=str(found.get("state", "UNKNOWN")),
        address=private[0] if private else None,
        primary=str(found["masterInstanceName"]).rpartition(":")[2] if found.get("masterInstanceName") else None,
        is_stopped=found.get("settings", {}).get("activationPolicy") == STOPPED,
    )


def lag(tools: Tools, replica: str) -> Lag | None:
    """Return the newest figure of a replica's lag; None where there is none of the last quarter of an hour."""
    now = datetime.now(UTC)
    about = f'metric.type="{LAG}" AND resource.labels.database_id="{tools.place.project}:{replica}"'
    points = [
        point
        for series in time_series(tools, about, now - LOOKED_BACK, now)["timeSeries"]
        for point in series.get("points", [])
    ]
    if not points:
        return None
    newest = max(points, key=lambda point: str(point["interval"]["endTime"]))
    held = newest["value"]
    at = datetime.fromisoformat(newest["interval"]["endTime"])
    return Lag(float(held.get("doubleValue", held.get("int64Value", 0))), max(0.0, (now - at).total_seconds()))


def groups(tools: Tools, services: Sequence[Service]) -> dict[str, list[str]]:
    """Return the regions that each backend of the load balancer asks; nothing where there is no load balancer."""
    found = {}
    for service in services:
        try:
            told = tools.read("compute", "backend-services", "describe", backend(service.key), "--global")
        except Missing:
            continue
        found[service.key] = [
            str(each["group"]).partition("/regions/")[2].partition("/")[0] for each in told.get("backends", [])
        ]
    return found


def backend(key: str) -> str:
    """Return what terraform/edge.tf calls a service's backend, and its group in each region."""
    return f"emergence-{key}"


def why_not(found: Standing, most_loss_s: float) -> str | None:
    """Return what keeps the second region from taking over; None where nothing does."""
    if found.replica.address is None:
        return f"{found.replica.name} has no private address; services could not reach it"
    if missing := [name for name, live in found.services.items() if live is None or live.main_revision is None]:
        return f"{', '.join(missing)} was never deployed there; `make deploy-standby` does it"
    if found.replica.primary is None:
        return None  # promoted already: nothing more can be lost by going on
    if found.replica.state != "RUNNABLE":
        return f"{found.replica.name} is {found.replica.state}"
    if found.lag is None:
        return "nobody knows how far the replica is behind: no figure of the last quarter of an hour"
    if found.lag.at_most_s > most_loss_s:
        return (
            f"the replica was {found.lag}: {found.lag.at_most_s:.0f} s may be lost, {most_loss_s:.0f} s are allowed; "
            f'ARGS="--most-loss {found.lag.at_most_s + 60:.0f}" allows it'
        )
    return None


def lines(tools: Tools, found: Standing) -> list[str]:
    """Return how things are, for a person."""
    place = tools.place
    primary = found.primary
    told = "unknown to Google" if primary is None else "stopped" if primary.is_stopped else primary.state
    behind = f", {found.lag}" if found.lag else ", lag unknown" if found.replica.primary else ""
    role = f"replica of {found.replica.primary}" if found.replica.primary else "a database of its own"
    rows = [
        ("database", place.sql_instance, place.region, told),
        ("database", found.replica.name, place.standby_region or "", f"{role}, {found.replica.state}{behind}"),
    ]
    rows += [
        ("service", name, place.standby_region or "", live.main_revision or "no revision" if live else "not deployed")
        for name, live in found.services.items()
    ]
    rows += [("traffic", backend(key), " and ".join(each) or "nowhere", "") for key, each in found.groups.items()]
    return [f"{kind:9} {name:28} {where:14} {what}".rstrip() for kind, name, where, what in rows]
