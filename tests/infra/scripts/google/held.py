"""What the databases of Cloud SQL instances hold, and what `emergence inventory` prints of it when it runs as a job."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
SOURCE = "emergence"
MOMENT = "2027-01-15T09:00:02.500Z"


def some_tables() -> Json:
    """Return a small database, as the command tells it."""
    return {
        "tables": {
            "auth.users": [{"rows": 12, "checksum": "-771"}],
            "chat.runs": [{"rows": 40, "checksum": "5"}, {"rows": 41, "checksum": "6"}],  # written to at the moment
            "memory.items": [{"rows": 0, "checksum": "0"}],
        },
        "migrations": {"auth.auth": "0009_a.sql", "auth.events": "0002_e.sql"},
        "unread": [],
    }


@dataclass
class Held:
    """Instances by name. `spoil` is a bad variant: what a restore does to what it brings back."""

    instances: dict[str, Json] = field(default_factory=lambda: {SOURCE: some_tables()})
    spoil: Callable[[Json], None] | None = None
    is_logged: bool = True  # else what jobs print never comes to the log
    points: list[str] = field(default_factory=list)  # the moments that were restored

    def clone(self, source: str, target: str, moment: str) -> None:
        self.points.append(moment)
        brought = copy.deepcopy(self.instances[source])
        for entries in brought["tables"].values():
            del entries[:-1]  # nobody writes to it
        if self.spoil is not None:
            self.spoil(brought)
        self.instances[target] = brought

    def delete(self, instance: str) -> None:
        self.instances.pop(instance, None)

    def address(self, instance: str) -> str:
        return "10.121.0.3" if instance == SOURCE else f"10.9.0.{10 + sorted(self.instances).index(instance)}"

    def printed(self, job: Json) -> Json | None:
        """Return what a job prints as JSON; None for one that does not."""
        words = job["spec"]["template"]["spec"]["template"]["spec"]["containers"][0]["args"]
        if words[0] != "inventory" or not self.is_logged:
            return None
        given = dict(zip(words[1::2], words[2::2], strict=True))
        host = given.get("--host", self.address(SOURCE))
        asked = next(name for name in self.instances if self.address(name) == host)
        inventory = {"label": given["--label"], "moment": MOMENT, "databases": {"emergence": self.instances[asked]}}
        return copy.deepcopy({"message": "inventory", "inventory": inventory})
