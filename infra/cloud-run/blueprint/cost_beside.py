"""What stands beside the services and is paid for: load balancer, database, network, images, secrets, events."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from blueprint.cost import Size, cents, gib_of, minimum
from blueprint.files import FOLDER, choose
from blueprint.refusal import InvalidManifest
from blueprint.services import every_service
from blueprint.sidecar import collector

TIB = Decimal(2**40)
CUSTOM = re.compile(r"db-custom-([0-9]+)-([0-9]+)")  # processors, and memory in MiB
TIER = re.compile(r'variable "database_tier" \{[^}]*?default\s*=\s*"([a-z0-9-]+)"')
DIRECT = "all"  # the ingress of an environment that has no load balancer


@dataclass(frozen=True, slots=True)
class Place:
    """What decides which of it is there; `tier` is the database's machine, by default Terraform's."""

    environment: str = "prod"
    bus: str = "postgres"
    tier: str | None = None
    has_connector: bool = False
    has_collector: bool = False
    has_standby: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """One line, in US dollars a month; `uncertain` says why it may be off."""

    what: str
    amount: str
    month: Decimal
    source: str
    uncertain: str | None


def beside(place: Place, services: Sequence[Size], rates: dict[str, Any], folder: Path = FOLDER) -> list[Beside]:
    """Return a line for each thing that is there, beside services of these sizes. Raises InvalidManifest."""
    environment = choose(folder / "environments", "environment", place.environment)
    choose(folder / "buses", "bus", place.bus)
    priced = _Priced(rates)
    lines = [_database(place, priced, folder), _network(place, priced)]
    if environment["values"]["INGRESS"] != DIRECT:
        lines.insert(0, _load_balancer(priced))
    lines += [_registry(priced), _secrets(priced, folder)]
    if place.bus == "pubsub":
        lines.append(_pubsub(priced))
    if place.has_standby:
        lines += _standby(place, priced, folder)
    if place.has_collector:
        lines.append(_collector(services, rates, folder))
    return lines


def total(lines: Iterable[Beside]) -> Decimal:
    """Return the sum of all lines."""
    return sum((line.month for line in lines), Decimal())


class _Priced:
    """The part of rates.yaml that is about these, as exact numbers. Raises InvalidManifest for what is not there."""

    def __init__(self, rates: dict[str, Any]) -> None:
        self._rates = rates
        self.hours = Decimal(rates["month_seconds"]) / 3600

    def rate(self, of: str, name: str) -> Decimal:
        return self._number("beside", of, name)

    def shared_core_hour(self, tier: str) -> Decimal:
        known = self._rates["beside"]["cloud_sql"]["shared_core_hour"]
        if tier not in known:
            raise InvalidManifest(f"no price for a database {tier!r}; known: {', '.join(known)}, db-custom-N-MEMORY")
        return self._number("beside", "cloud_sql", "shared_core_hour", tier)

    def amount(self, name: str) -> Decimal:
        return self._number("quantities", name)

    def line(self, of: str, what: str, amount: str, month: Decimal) -> Beside:
        told = self._rates["beside"][of]
        return Beside(what, amount, cents(month), told["source"], told.get("uncertain"))

    def _number(self, *path: str) -> Decimal:
        found: Any = self._rates
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        if not isinstance(found, int | float):
            raise InvalidManifest(f"rates.yaml has no number at {'.'.join(path)}")
        return Decimal(str(found))


def _load_balancer(priced: _Priced) -> Beside:
    rules, gib = priced.amount("forwarding_rules"), priced.amount("gib_through_load_balancer")
    further = max(rules - 5, Decimal()) * priced.rate("load_balancer", "further_rule_hour")
    month = (priced.rate("load_balancer", "first_five_rules_hour") + further) * priced.hours
    amount = f"{rules} forwarding rules, {gib} GiB"
    return priced.line("load_balancer", "load balancer", amount, month + gib * priced.rate("load_balancer", "gib"))


def _database(place: Place, priced: _Priced, folder: Path) -> Beside:
    tier = place.tier or _terraforms_tier(folder)
    disk, backup = priced.amount("database_disk_gib"), priced.amount("database_backup_gib")
    month = _machine_hour(tier, priced) * priced.hours
    month += disk * priced.rate("cloud_sql", "ssd_gib_month") + backup * priced.rate("cloud_sql", "backup_gib_month")
    return priced.line("cloud_sql", "Cloud SQL", f"{tier}, {disk} GiB and {backup} GiB of backups", month)


def _standby(place: Place, priced: _Priced, folder: Path) -> list[Beside]:
    """Price what a second region adds while it serves nobody: its services keep no instance, its replica no backups."""
    tier = place.tier or _terraforms_tier(folder)
    disk, replicated = priced.amount("database_disk_gib"), priced.amount("replicated_gib")
    replica = _machine_hour(tier, priced) * priced.hours + disk * priced.rate("cloud_sql", "ssd_gib_month")
    line = replicated * priced.rate("between_regions", "gib")
    twice = [replace(each, what=f"{each.what} there") for each in (_registry(priced), _secrets(priced, folder))]
    return [
        priced.line("cloud_sql", "replica", f"{tier}, {disk} GiB", replica),
        priced.line("between_regions", "replication", f"{replicated} GiB between regions", line),
        *twice,
    ]


def _machine_hour(tier: str, priced: _Priced) -> Decimal:
    if (custom := CUSTOM.fullmatch(tier)) is None:
        return priced.shared_core_hour(tier)
    vcpu, gib = Decimal(custom[1]), Decimal(custom[2]) / 1024
    return vcpu * priced.rate("cloud_sql", "vcpu_hour") + gib * priced.rate("cloud_sql", "gib_hour")


def _terraforms_tier(folder: Path) -> str:
    found = TIER.search((folder / "terraform" / "variables.tf").read_text())
    if found is None:
        raise InvalidManifest("terraform/variables.tf names no database_tier")
    return found[1]


def _network(place: Place, priced: _Priced) -> Beside:
    if not place.has_connector:
        month = priced.rate("direct_vpc_egress", "hour") * priced.hours
        return priced.line("direct_vpc_egress", "network", "direct VPC egress", month)
    machines = priced.rate("vpc_connector", "machines")
    month = machines * priced.rate("vpc_connector", "machine_hour") * priced.hours
    return priced.line("vpc_connector", "VPC connector", f"{machines} machines", month)


def _registry(priced: _Priced) -> Beside:
    gib = priced.amount("registry_gib")
    return priced.line("artifact_registry", "images", f"{gib} GiB", gib * priced.rate("artifact_registry", "gib_month"))


def _secrets(priced: _Priced, folder: Path) -> Beside:
    services = every_service(folder)
    names = {name for each in services for name in (*each.required_secrets, *each.optional_secrets)}
    versions = len(names) * priced.amount("versions_a_secret")
    month = versions * priced.rate("secret_manager", "version_month")
    return priced.line("secret_manager", "secrets", f"{versions} versions, optional ones too", month)


def _pubsub(priced: _Priced) -> Beside:
    events = priced.amount("events_a_month")
    requests = events * priced.amount("requests_an_event")
    month = requests * priced.rate("pubsub", "least_request_bytes") / TIB * priced.rate("pubsub", "tib")
    return priced.line("pubsub", "Pub/Sub", f"{events} events", month)


def _collector(services: Sequence[Size], rates: dict[str, Any], folder: Path) -> Beside:
    """Price a collector in each instance that runs while nobody is there, billed as the instance that it is in."""
    limits = collector(folder)["resources"]["limits"]
    vcpu, gib = Decimal(limits["cpu"].removesuffix("m")) / 1000, gib_of(limits["memory"])
    month = sum((minimum(replace(size, vcpu=vcpu, gib=gib), rates) for size in services), Decimal())
    instances = sum(size.least for size in services)
    return Beside("collectors", f"{vcpu} vCPU, {gib} GiB in {instances} instances", cents(month), rates["source"], None)
