"""Who may call a service, and for which paths: from the manifests' addresses and from routes.yaml, nothing by hand."""

from collections.abc import Sequence
from dataclasses import dataclass

from blueprint.edge.routes import Routes
from blueprint.services import Service

TRUST_DOMAIN = "emergence"
EDGE_ACCOUNT = "emergence-edge"
FRONT = "gateway"  # passes on whatever path belongs to another service
KEYS = "/.well-known/jwks.json"  # with which everybody verifies what auth signed


@dataclass(frozen=True, slots=True)
class Caller:
    """An account that may ask for `paths` and below `prefixes`; where it is a front, for all that is not hidden."""

    account: str
    prefixes: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    is_front: bool = False


def identity(account: str, environment: str, trust_domain: str = TRUST_DOMAIN) -> str:
    """Return the name in an account's certificate (SPIFFE)."""
    return f"spiffe://{trust_domain}/ns/{environment}/sa/{account}"


def callers_of(service: Service, services: Sequence[Service], routes: Routes) -> list[Caller]:
    """Return everybody who may call a service, the edge first; nobody else may."""
    found = [Caller(EDGE_ACCOUNT, is_front=True)] if service.key in routes.backends() else []
    for other in services:
        asked = [name for name in other.needs if name in service.serves]
        if other.key != service.key and asked:
            prefixes = tuple(f"/api/{name}/internal" for name in asked)
            paths = (KEYS,) if "auth" in asked else ()
            found.append(Caller(other.account, prefixes, paths, is_front=FRONT in other.serves))
    return found


def neighbours_of(service: Service, services: Sequence[Service]) -> list[Service]:
    """Return the services that a service calls in other processes."""
    return [each for each in services if each.key != service.key and set(each.serves) & set(service.needs)]
