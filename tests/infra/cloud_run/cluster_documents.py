"""Everything that is rendered for a cluster, for tests that look at it or spoil a copy of it."""

from copy import deepcopy
from functools import cache
from typing import Any

from blueprint.kubernetes.cluster import Cluster
from blueprint.kubernetes.documents import documents
from tests.infra.cloud_run.targets import DIGEST, SERVICES

Json = dict[str, Any]
Documents = list[Json]
IMAGES = {key: f"europe-west1-docker.pkg.dev/emergence-prod/emergence/{key}@{DIGEST}" for key in SERVICES}


def cluster(**changes: Any) -> Cluster:
    """Return prod, but for `changes`."""
    given: Json = {"environment": "prod", "project": "emergence-prod", "public_url": "https://chat.example.org"}
    return Cluster(**(given | {"images": IMAGES} | changes))


@cache
def whole() -> Documents:
    """Return the documents of prod; nobody changes them."""
    return documents(cluster())


def of_auth() -> Documents:
    """Return a copy that a test may spoil: one service is enough."""
    others = ("emergence-session", "emergence-main")
    return deepcopy([each for each in whole() if each["metadata"]["name"] not in others])


def one(found: Documents, kind: str, name: str) -> Json:
    """Return the only document of that kind and name."""
    (document,) = (each for each in found if (each["kind"], each["metadata"]["name"]) == (kind, name))
    return document


def at(document: Json, path: str) -> tuple[Any, str | int]:
    """Return the place in a document that a path leads to, and the last step there."""
    *above, last = path.split("/")
    place: Any = document
    for name in above:
        place = place[int(name) if name.isdecimal() else name]
    return place, int(last) if last.isdecimal() else last
