"""Settings and plans of services that exist only in tests."""

from collections.abc import Sequence

from emergence.kernel.health import Dependency
from emergence.kernel.service_app import ServiceAppPlan
from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.surroundings import CommonSettings

DEPLOYMENT_SECRET = "4b6f1a0c9d8e7f25364758697a8b9cadbecfd0e1"


def plan(name: str = "neighbour", dependencies: Sequence[Dependency] = (), **variables: str) -> ServiceAppPlan:
    settings = CommonSettings.read({"EMERGENCE_SERVICE_SECRET": DEPLOYMENT_SECRET, **variables})
    return ServiceAppPlan(name=name, title=name.title(), settings=settings, dependencies=dependencies)


def tokens(caller: str = "session") -> ServiceTokens:
    return ServiceTokens(DEPLOYMENT_SECRET, caller)
