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
        )
        for each in json.loads(blueprint(tools, "services"))
    ]


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
