"""The fake keeps the rules of its table: each is shown once, so that no test leans on a rule that is not there."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest

from operate.catalogue import Service
from operate.manifests import free_suffix
from tests.infra.scripts.google.rules import RULES, ApiError, Status
from tests.infra.scripts.google.world import Json, NothingRuns, World
from tests.infra.scripts.machine import manifest_of

IMAGE = f"europe-west1-docker.pkg.dev/emergence-demo/emergence/auth@sha256:{'0' * 64}"
AUTH = "emergence-auth-service"
# Shown elsewhere: with real processes, or with gcloud.
SHOWN_ELSEWHERE = {"startup_probe", "injected_env", "sigterm", "open_requests", "unauthenticated"}


@pytest.fixture
def world() -> World:
    found = World(NothingRuns())
    found.images[IMAGE] = "2027-01-15T09:00:00Z"
    found.fill_secret("METRICS_TOKEN", "x", "emergence-auth")
    return found


def manifest(suffix: str = "a", **secrets: str) -> Json:
    given = {"--image": [IMAGE], "--revision-suffix": [suffix], "--secret": [f"{k}={v}" for k, v in secrets.items()]}
    found = manifest_of("auth", "all", given)
    found["spec"]["traffic"] = [{"revisionName": f"{AUTH}-{suffix}", "percent": 100, "tag": "canary"}]
    return found


def apply(world: World, asked: Json) -> Json:
    return world.run.apply(asked, is_dry=False, is_new=AUTH not in world.run.services)


def set_port(asked: Json) -> None:
    asked["spec"]["template"]["spec"]["containers"][0]["env"].append({"name": "PORT", "value": "1"})


def rename_revision(asked: Json) -> None:
    asked["spec"]["template"]["metadata"]["name"] = "another-a"


def change_revision(asked: Json) -> None:
    asked["spec"]["template"]["spec"]["containers"][0]["env"] = []


def split_unevenly(asked: Json) -> None:
    asked["spec"]["traffic"][0]["percent"] = 99


def send_nowhere(asked: Json) -> None:
    asked["spec"]["traffic"][0]["revisionName"] = f"{AUTH}-gone"


def name_old_version(asked: Json) -> None:
    asked["metadata"]["resourceVersion"] = "v0"


@pytest.mark.parametrize(
    ("rule", "spoil", "status"),
    [
        ("reserved_env", set_port, "INVALID_ARGUMENT"),
        ("revision_name", rename_revision, "INVALID_ARGUMENT"),
        ("revision_name", change_revision, "ALREADY_EXISTS"),
        ("traffic_sum", split_unevenly, "INVALID_ARGUMENT"),
        ("traffic_sum", send_nowhere, "INVALID_ARGUMENT"),
        ("resource_version", name_old_version, "ABORTED"),
    ],
)
def test_a_manifest_against_a_rule_is_refused(
    world: World, rule: str, spoil: Callable[[Json], None], status: Status
) -> None:
    apply(world, manifest())
    asked = manifest()
    spoil(asked)

    with pytest.raises(ApiError) as refused:
        apply(world, asked)

    assert (refused.value.status, rule in RULES) == (status, True)


def test_image_exists_secret_readable_traffic_stays(world: World) -> None:
    first = apply(world, manifest(METRICS_TOKEN="1"))
    no_image, unreadable = manifest("b"), manifest("c", METRICS_TOKEN="2")
    no_image["spec"]["template"]["spec"]["containers"][0]["image"] = IMAGE.replace("0", "1")

    for asked, said in ((no_image, "not found"), (unreadable, "Permission denied on secret")):
        settled = apply(world, asked)

        ready = settled["status"]["conditions"][0]
        assert ready["status"] == "False" and said in ready["message"]
        assert settled["status"]["traffic"] == first["status"]["traffic"]


def test_network_exists_or_the_revision_never_is_ready(world: World) -> None:
    apply(world, manifest())
    asked = manifest("b")
    interface = '[{"network":"emergence","subnetwork":"emergence-us-east1"}]'
    asked["spec"]["template"]["metadata"]["annotations"] = {"run.googleapis.com/network-interfaces": interface}

    ready = apply(world, asked)["status"]["conditions"][0]

    assert ready["status"] == "False" and "emergence-us-east1 not found" in ready["message"]


def test_tag_url_is_the_revisions_own(world: World) -> None:
    (entry,) = apply(world, manifest())["status"]["traffic"]

    assert entry["url"].startswith(f"https://canary---{AUTH}-")


def test_versions_immutable_and_payload_bytes(world: World) -> None:
    secret = world.secrets["METRICS_TOKEN"]
    before = deepcopy(secret.versions)
    assert secret.add(b"y\n") == 2

    assert secret.versions == [*before, b"y\n"]
    secret.states[1] = "DISABLED"
    with pytest.raises(ApiError) as refused:
        world.access("METRICS_TOKEN", "2")
    assert refused.value.status == "FAILED_PRECONDITION"


def test_api_disabled_is_forbidden(world: World) -> None:
    world.apis.clear()

    with pytest.raises(ApiError, match="SERVICE_DISABLED"):
        world.enter("run")


def test_every_rule_is_shown_and_has_a_source() -> None:

    shown = Path(__file__).read_text()
    assert RULES.keys() >= SHOWN_ELSEWHERE

    assert [rule for rule in RULES if rule not in shown] == []
    assert [rule for rule, (_, source) in RULES.items() if "/" not in source] == []


def test_a_revisions_name_fits() -> None:

    service = Service("session", "emergence-session-service", "a", "d", (), ())

    taken = {f"{service.name}-0a1b2c3d4e5f"}
    assert free_suffix(service, "0a1b2c3d4e5f", taken) == "0a1b2c3d4e5f-2"
