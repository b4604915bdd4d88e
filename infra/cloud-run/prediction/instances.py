"""Turns sockets into instances: what one holds, with head room, and how many there may be."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

# docs/measurements.md: 93 MB without a socket, 41 kB for an idle one; half as much again for one that is written to.
RESIDENT_MB, SOCKET_KB = 93, 62
MEMORY_SHARE = 0.8  # of the limit; the alert CloudRunMemoryHigh is at 0.9
HEAD_ROOM = 0.25  # over what is predicted: other requests count as sockets do


@dataclass(frozen=True, slots=True)
class Capacity:
    """What `blueprint.sh capacity` says of a service: numbers of manifest and profile, and an instance's price."""

    least: int
    most: int
    most_by_connections: int
    concurrency: int
    memory_mib: int
    instance_month: Decimal

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Capacity":
        """Read the command's JSON."""
        return cls(
            least=told["least"],
            most=told["most"],
            most_by_connections=told["most_by_connections"],
            concurrency=told["concurrency"],
            memory_mib=told["memory_mib"],
            instance_month=Decimal(told["instance_month"]),
        )

    @property
    def sockets_each(self) -> int:
        """Return how many sockets an instance holds: its concurrency, or what its memory is enough for."""
        by_memory = int((self.memory_mib * 1.048576 * MEMORY_SHARE - RESIDENT_MB) * 1000 / SOCKET_KB)
        return max(1, min(self.concurrency, by_memory))


@dataclass(frozen=True, slots=True)
class Chosen:
    """`wanted` instances, and those that there may be; `held_back_by` says why they are fewer."""

    wanted: int
    instances: int
    held_back_by: str | None


def wanted(sockets: float, capacity: Capacity, head_room: float = HEAD_ROOM) -> int:
    """Return how many instances hold so many sockets."""
    return math.ceil(round(sockets * (1 + head_room) / capacity.sockets_each, 9))


def chosen(sockets: float, capacity: Capacity, head_room: float = HEAD_ROOM) -> Chosen:
    """Return the minimum: never below the manifest's, never above its maximum or the database's connections."""
    asked = wanted(sockets, capacity, head_room)
    limits = {
        f"maxScale {capacity.most}": capacity.most,
        "the database's connections": capacity.most_by_connections,
    }
    reason, limit = min(limits.items(), key=lambda each: each[1])
    return Chosen(asked, max(min(asked, limit), min(capacity.least, limit)), reason if asked > limit else None)
