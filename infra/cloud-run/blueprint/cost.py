"""What the manifests cost a month, from their own sizes and a dated file of rates; money is Decimal, in US dollars."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from blueprint.files import FOLDER, load
from blueprint.refusal import InvalidManifest
from blueprint.render import sized
from blueprint.services import container_of, every_service

SCALE = "autoscaling.knative.dev/"
THROTTLED = "run.googleapis.com/cpu-throttling"
GIB = {"Mi": Decimal(1) / 1024, "Gi": Decimal(1)}
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Size:
    """One service's width, and how one instance of it is billed."""

    key: str
    least: int
    most: int
    vcpu: Decimal
    gib: Decimal
    is_request_based: bool
    probe_period_s: int


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars a month: while nobody is there, and with every instance at work; free tiers not taken off."""

    key: str
    minimum: Decimal
    maximum: Decimal


def size_of(key: str, manifest: dict[str, Any]) -> Size:
    """Read what is billed from a manifest. Raises InvalidManifest."""
    container, annotations = container_of(manifest), manifest["spec"]["template"]["metadata"]["annotations"]
    try:
        limits = container["resources"]["limits"]
        return Size(
            key=key,
            least=int(annotations[SCALE + "minScale"]),
            most=int(annotations[SCALE + "maxScale"]),
            vcpu=Decimal(limits["cpu"]),
            gib=gib_of(limits["memory"]),
            is_request_based=annotations[THROTTLED] == "true",
            probe_period_s=int(container["livenessProbe"]["periodSeconds"]),
        )
    except (KeyError, ValueError, ArithmeticError) as unusable:
        raise InvalidManifest(f"{key}: its cost cannot be computed: {unusable!r}") from None


def sizes(profile: str, folder: Path = FOLDER, environment: str | None = None) -> list[Size]:
    """Return every service's size in an environment; without one, the profile's own. Raises InvalidManifest."""
    return [size_of(service.key, sized(service, profile, environment, folder)) for service in every_service(folder)]


def costs(sized_services: list[Size], rates: dict[str, Any]) -> list[Cost]:
    """Return a line for each service."""
    return [Cost(size.key, cents(minimum(size, rates)), cents(maximum(size, rates))) for size in sized_services]


def minimum(size: Size, rates: dict[str, Any]) -> Decimal:
    """Return what is paid while nobody is there: the instances that minScale keeps, and their probes."""
    if not size.is_request_based:
        return size.least * _month(size, rates, rates["instance_based"]["always"])
    step_s = Decimal(str(rates["request_based"]["smallest_step_seconds"]))
    probed_share = step_s / size.probe_period_s
    idle, active = (_month(size, rates, rates["request_based"][state]) for state in ("idle", "active"))
    return size.least * (idle * (1 - probed_share) + active * probed_share)


def maximum(size: Size, rates: dict[str, Any]) -> Decimal:
    """Return what is paid when every instance that maxScale allows works all month; requests not counted."""
    kind = rates["request_based"]["active"] if size.is_request_based else rates["instance_based"]["always"]
    return size.most * _month(size, rates, kind)


def in_use(size: Size, rates: dict[str, Any], hours_a_day: Decimal) -> Decimal:
    """Return what is paid when one instance works so many hours a day, and nothing more than the minimum otherwise."""
    share = hours_a_day / 24
    kind = rates["request_based"]["active"] if size.is_request_based else rates["instance_based"]["always"]
    return max(size.least, 1) * _month(size, rates, kind) * share + minimum(size, rates) * (1 - share)


def total(lines: list[Cost], *keys: str) -> Cost:
    """Return the sum of the services `keys`, of all where none is named."""
    chosen = [line for line in lines if not keys or line.key in keys]
    return Cost("total", sum((c.minimum for c in chosen), Decimal()), sum((c.maximum for c in chosen), Decimal()))


def cents(amount: Decimal) -> Decimal:
    """Round to cents, half up, as bills do."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def load_rates(folder: Path = FOLDER) -> dict[str, Any]:
    """Return rates.yaml. Raises InvalidManifest."""
    return load(folder / "rates.yaml")


def _month(size: Size, rates: dict[str, Any], rate: dict[str, float]) -> Decimal:
    """Return what one instance costs in a month at one rate."""
    second = size.vcpu * Decimal(str(rate["vcpu_second"])) + size.gib * Decimal(str(rate["gib_second"]))
    return second * Decimal(rates["month_seconds"])


def gib_of(text: str) -> Decimal:
    """Return a limit of memory in GiB. Raises InvalidManifest."""
    found = re.fullmatch(r"([0-9]+)(Mi|Gi)", text)
    if found is None:
        raise InvalidManifest(f"memory {text!r} must be like 512Mi or 1Gi")
    return Decimal(found[1]) * GIB[found[2]]
