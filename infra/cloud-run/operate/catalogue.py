"""Which services there are: the manifests' own program knows, and is asked once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from operate.programs import Tools, blueprint
from operate.refusals import Exit, Refused


@dataclass(frozen=True, slots=True)
class Service:
    """A service as the catalogue describes it; `key` is the operator's word, `name` Cloud Run's."""

    key: str
    name: str
    account: str
    dockerfile: str
    required_secrets: tuple[str, ...]
    optional_secrets: tuple[str, ...]
    known_as: str = "gateway"  # what its /api/health calls it
    databases: tuple[str, ...] = ()  # those of its secrets that hold a database's address

    def account_address(self, project: str) -> str:
        """Return the address of its service account."""
        return f"{self.account}@{project}.iam.gserviceaccount.com"


def catalogue(tools: Tools) -> list[Service]:
    """Return every service, in the order in which they are deployed. Raises Refused."""
    return [
        Service(
            key=each["key"],
            name=each["name"],
            account=each["account"],
            dockerfile=each["dockerfile"],
            required_secrets=tuple(each["secrets"]["required"]),
            optional_secrets=tuple(each["secrets"]["optional"]),
            known_as=each["serves"][0] if len(each["serves"]) == 1 else "gateway",
            databases=tuple(each["databases"]),
        )
        for each in json.loads(
            blueprint(tools, "services", "--databases", tools.place.databases, "--bus", tools.place.bus)
        )
    ]


def keeper_of(services: Sequence[Service]) -> Service:
    """Return who looks after the databases where each service has its own: jobs run as it, and it serves nobody."""
    addresses = tuple(dict.fromkeys(name for service in services for name in service.databases))
    return Service("keeper", "emergence-keeper", "emergence-keeper", "", addresses, (), databases=addresses)


def readers_of_secrets(tools: Tools, services: Sequence[Service]) -> list[Service]:
    """Return everybody who has an account of its own."""
    return [*services, keeper_of(services)] if tools.place.databases == "each" else list(services)


def service_called(services: Sequence[Service], key: str) -> Service:
    """Return the service that the operator names. Raises Refused(NOT_ASKED)."""
    for service in services:
        if key in (service.key, service.name):
            return service
    known = ", ".join(service.key for service in services)
    raise Refused(Exit.NOT_ASKED, f"there is no service {key!r}; take one of {known}")


def all_secrets(services: Sequence[Service]) -> dict[str, bool]:
    """Return every secret's name and whether some service cannot start without it, required ones first."""
    required = dict.fromkeys((name for service in services for name in service.required_secrets), True)
    optional = dict.fromkeys((name for service in services for name in service.optional_secrets), False)
    return required | {name: False for name in optional if name not in required}
