"""CI's deployer may do what the pipelines type, and nothing that it types needs an API that nobody switched on."""

import re
from pathlib import Path

import pytest

from operate.preflight import APIS
from operate.refusals import Exit
from tests.architecture.sources import ROOT
from tests.infra.pipelines.scripts import scripts
from tests.infra.scripts.google.permissions import NOT_NEEDED, needs_of, permits
from tests.infra.scripts.machine import DIGEST
from tests.infra.scripts.operated import Operated

INVENTORY = ROOT / "tests" / "infra" / "terraform" / "inventories" / "prod.txt"
IMAGE = f"europe-west1-docker.pkg.dev/emergence-demo/emergence/auth@{DIGEST}"
OF_THE_DEPLOYER = r"google_project_iam_member\.(?:deploys|reads_source)\S*|\S+\.(?:pushes|starts|looks)\S*"
GCLOUD = re.compile(r"\bgcloud ((?:[a-z][a-z-]* ?)+)")


def roles_of_the_deployer() -> set[str]:
    """Return what terraform/ci.tf gives, as the inventory of prod lists it."""
    return set(re.findall(rf"^(?:{OF_THE_DEPLOYER}) (roles/\S+)$", INVENTORY.read_text(), re.MULTILINE))


def switched_on_by_terraform() -> set[str]:
    return set(re.findall(r'google_project_service\.used\["([a-z]+)\.googleapis\.com"\]', INVENTORY.read_text()))


def typed_by_pipelines() -> list[list[str]]:
    return [found.split() for script in scripts().values() for found in GCLOUD.findall(script)]


@pytest.fixture
def typed_by_scripts(operate: Operated) -> list[list[str]]:
    """What the commands of the pipelines, and the way back, make gcloud do."""
    operate.world.images[IMAGE] = "2027-01-15T09:00:00Z"
    operate.deploy_auth("111111111111")
    operate.machine.commit = "222222222222"
    operate.machine.ran.clear()
    operate.world.log("emergence-auth-service", "emergence-auth-service-222222222222", httpRequest={"status": 200})
    for words in (
        ("deploy", "session", "--image", IMAGE),
        ("canary", "auth", "--image", IMAGE, "--watch", "0"),
        ("promote", "auth", "--watch", "0"),
        ("test", "auth", "session"),
        ("rollback", "auth"),
    ):
        operate(*words)
    return [words[1:] for words in operate.machine.ran if Path(words[0]).name == "gcloud"]


def lacking(roles: set[str], typed: list[list[str]]) -> set[str]:
    """Return the permissions that no role brings."""
    needed = {permission for words in typed if (needs := needs_of(words)) for permission in needs.permissions}
    return {permission for permission in needed - NOT_NEEDED if not permits(roles, permission)}


def test_the_deployer_may_do_what_it_types(typed_by_scripts: list[list[str]]) -> None:
    typed = [*typed_by_scripts, *typed_by_pipelines()]

    assert len({" ".join(words[:3]) for words in typed}) >= 12
    assert lacking(roles_of_the_deployer(), typed) == set()


@pytest.mark.parametrize(
    ("role", "permission"),
    [
        ("roles/browser", "resourcemanager.projects.get"),
        ("roles/serviceusage.serviceUsageViewer", "serviceusage.services.list"),
        ("roles/compute.networkViewer", "compute.subnetworks.get"),
        ("roles/secretmanager.viewer", "secretmanager.secrets.getIamPolicy"),
        ("roles/iam.serviceAccountUser", "actAs"),
    ],
)
def test_a_role_that_is_missing_is_noticed(role: str, permission: str, typed_by_scripts: list[list[str]]) -> None:
    assert permission in lacking(roles_of_the_deployer() - {role}, typed_by_scripts)


def test_what_is_typed_needs_no_api_that_nobody_switches_on(typed_by_scripts: list[list[str]]) -> None:
    by_scripts = {needs.api for words in typed_by_scripts if (needs := needs_of(words))}
    by_pipelines = {needs.api for words in typed_by_pipelines() if (needs := needs_of(words))}
    always_on = {"serviceusage"}  # the API that switches the others on

    is_an_answer = {"pubsub"}  # that it is off: then no topic is there
    assert by_scripts - always_on - is_an_answer - {api.partition(".")[0] for api in APIS} == set()
    assert (by_scripts | by_pipelines) - always_on - switched_on_by_terraform() == set()
    assert {api.partition(".")[0] for api in APIS} - switched_on_by_terraform() == set()


def test_accounts_are_made_after_their_api_is_on(operate: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-1f2e3d")
    operate.world.apis.clear()

    ended = operate("setup")

    assert ended.status == Exit.DONE, ended.err
    switched = next(number for number, change in enumerate(ended.changes) if change.startswith("enable "))
    made = next(number for number, change in enumerate(ended.changes) if change.startswith("create account"))
    assert switched < made and "iam.googleapis.com" in ended.changes[switched]
