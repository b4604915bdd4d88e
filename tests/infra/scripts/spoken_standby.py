"""gcloud's words about a second region, over the fake, beside those of spoken_gcloud.py."""

from collections.abc import Callable

from tests.infra.scripts.google import api_of_standby  # noqa: F401 - declares its routes
from tests.infra.scripts.google.api_of_standby import group
from tests.infra.scripts.google.world import Json
from tests.infra.scripts.words import Spoken


def _backend(said: Spoken, name: str) -> Json:
    return said.ask("compute", "GET", f"/projects/{said.project}/global/backendServices/{name}")


def _change_backend(*, adds: bool) -> Callable[..., object]:
    def change(said: Spoken, name: str) -> object:
        found = _backend(said, name)
        meant = group(said.flags["network-endpoint-group-region"], said.flags["network-endpoint-group"])
        kept = [each for each in found["backends"] if each["group"] != meant]
        body = {"backends": [*kept, {"group": meant}] if adds else kept}
        return said.ask("compute", "PATCH", f"/projects/{said.project}/global/backendServices/{name}", body)

    return change


def _promote(said: Spoken, name: str) -> object:
    return said.ask("sqladmin", "POST", f"/sql/v1beta4/projects/{said.project}/instances/{name}/promoteReplica")


def _subscriptions(said: Spoken) -> object:
    return said.ask("pubsub", "GET", f"/v1/projects/{said.project}/subscriptions")["subscriptions"]


def _push(said: Spoken, name: str) -> object:
    token = {
        "serviceAccountEmail": said.flags["push-auth-service-account"],
        "audience": said.flags["push-auth-token-audience"],
    }
    body = {"pushConfig": {"pushEndpoint": said.flags["push-endpoint"], "oidcToken": token}}
    return said.ask("pubsub", "POST", f"/v1/projects/{said.project}/subscriptions/{name}:modifyPushConfig", body)


ACTS: list[tuple[list[str], Callable[..., object]]] = [
    (["compute", "backend-services", "describe"], _backend),
    (["compute", "backend-services", "add-backend"], _change_backend(adds=True)),
    (["compute", "backend-services", "remove-backend"], _change_backend(adds=False)),
    (["sql", "instances", "promote-replica"], _promote),
    (["pubsub", "subscriptions", "list"], _subscriptions),
    (["pubsub", "subscriptions", "modify-push-config"], _push),
]
