"""A project with a second region that stands by: replica, load balancer, subscriptions, figures."""

import copy
import re
from datetime import UTC, datetime, timedelta

from operate.standby import LAG
from tests.infra.scripts.google.api_of_standby import group
from tests.infra.scripts.google.world import World
from tests.infra.scripts.machine import SERVICES
from tests.infra.scripts.operated import Ended, Operated

FIRST, SECOND, REPLICA = "europe-west1", "europe-west4", "emergence-standby"
PASSWORD = "7c0ffee5"
OLD, NEW = "10.121.0.3", "10.9.0.11"
KEYS = ("auth", "session", "main")


def figure(seconds: float, ago: timedelta = timedelta(seconds=30)) -> list[dict[str, object]]:
    points = [
        {"interval": {"endTime": f"{datetime.now(UTC) - at:%FT%TZ}"}, "value": {"doubleValue": value}}
        for at, value in ((ago, seconds), (ago + timedelta(minutes=1), 900.0))
    ]
    return [{"points": points}]


def stand_by(operate: Operated) -> None:
    """Lay out what Terraform makes with standby_region, as it is while the first region serves."""
    world = operate.world
    operate.machine.services = copy.deepcopy(SERVICES)
    for each in operate.machine.services:
        each["secrets"]["required"].append("DATABASE_URL")
    address = f"postgresql://emergence:{PASSWORD}@{OLD}:5432/emergence?sslmode=require"
    world.fill_secret("DATABASE_URL", address, *(f"emergence-{key}" for key in KEYS))
    lay_second_region(world)


def lay_second_region(world: World) -> None:
    """Make the replica, the subnet and what stands before the services."""
    world.databases[REPLICA] = ["emergence", "postgres"]
    world.held.instances[REPLICA] = copy.deepcopy(world.held.instances["emergence"])
    world.replicas[REPLICA] = "emergence"
    world.networks[f"emergence-{SECOND}"] = "emergence"
    world.topics.add("emergence-events")
    world.apis.add("pubsub.googleapis.com")
    for key in KEYS:
        world.backends[f"emergence-{key}"] = {
            "name": f"emergence-{key}",
            "backends": [{"group": group(FIRST, f"emergence-{key}")}],
        }
    for key in ("auth", "session"):
        at = f"https://emergence-{key}-service-123456789012.{FIRST}.run.app/api/{key}/internal/events"
        token = {"serviceAccountEmail": "emergence-pubsub@emergence-demo.iam.gserviceaccount.com", "audience": at}
        name = f"projects/emergence-demo/subscriptions/emergence-events-{key}"
        world.subscriptions[name.rpartition("/")[2]] = {
            "name": name,
            "pushConfig": {"pushEndpoint": at, "oidcToken": token},
        }
    world.subscriptions["emergence-dead-letters"] = {
        "name": "projects/emergence-demo/subscriptions/emergence-dead-letters"
    }
    world.series[LAG] = figure(2.5)


def take_over(operate: Operated, *words: str) -> Ended:
    return operate("failover", "--confirm", SECOND, *words)


def asked_regions(operate: Operated) -> dict[str, list[str]]:
    return {
        name: re.findall(r"/regions/([a-z0-9-]+)/", str(each["backends"]))
        for name, each in operate.world.backends.items()
    }
