"""The same commands with the real gcloud, which asks the fake as its proxy: what the stand-ins say, it says too.

gcloud takes half a second of the processor for each call, so what it is asked is chosen: each kind of call once. A
whole deployment with it is in test_local_run.py.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from blueprint.render import Target, rendered
from blueprint.services import every_service
from operate.catalogue import catalogue
from operate.database_user import provide_database_users
from operate.deploy import start_revision
from operate.images import image_of_commit, require_image
from operate.jobs import Whose
from operate.manifests import Wanted, render, with_traffic
from operate.place import find_place
from operate.preflight import check_network
from operate.programs import Ended, Tools
from operate.refusals import Exit, Missing, Refused
from operate.restoring import backup, restore_test
from operate.revisions import live_service
from operate.secret_store import add_value, grant, newest_version, readers, secret_value
from tests.infra.scripts.google.rules import Status
from tests.infra.scripts.google.server import google, has_gcloud
from tests.infra.scripts.google.world import NUMBER, PROJECT, Json, World
from tests.infra.scripts.machine import StandIns
from tests.infra.scripts.operated import AUTH, Operated, prepare_environment, ready_world
from tests.infra.scripts.scripted_service import ScriptedRuns
from tests.infra.scripts.spoken_gcloud import spoken

NOBODYS_IMAGE = f"europe-west1-docker.pkg.dev/emergence-demo/emergence/auth@sha256:{'0' * 64}"

pytestmark = pytest.mark.skipif(not has_gcloud(), reason="gcloud is not installed here")


@pytest.fixture
def world() -> Iterator[World]:
    with closing(ScriptedRuns()) as runs:
        yield ready_world(runs)


@pytest.fixture
def machine(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StandIns]:
    prepare_environment(monkeypatch, str(tmp_path))
    with google(world, tmp_path) as environ:
        yield StandIns(world, gcloud_environ=environ)


@pytest.fixture
def tools(machine: StandIns) -> Tools:
    return Tools(machine, find_place(None))


@pytest.fixture
def operate(world: World, machine: StandIns, capsys: pytest.CaptureFixture[str]) -> Operated:
    assert isinstance(world.runner, ScriptedRuns)
    return Operated(world, machine, world.runner, capsys)


def test_traffic_is_shown_moved_and_taken_back(operate: Operated) -> None:
    operate.machine.gcloud_environ, environ = None, operate.machine.gcloud_environ
    first, second = operate.deploy_auth("111111111111"), operate.deploy_auth("222222222222")
    operate.machine.gcloud_environ = environ

    rolled_back = operate("rollback", "auth")
    shown = operate("status")

    assert rolled_back.status == Exit.DONE, rolled_back.err
    assert operate.serving(AUTH) == {first: 100}
    assert f"{AUTH:<28} {first:<44}   100 %  yes    111111111111" in shown.out.splitlines()
    assert f"{AUTH:<28} {second:<44}     0 %  yes    222222222222" in shown.out.splitlines()
    assert operate("logs", "auth").status == Exit.DONE
    operate.machine.gcloud_environ, operate.machine.commit = None, "333333333333"
    assert operate("canary", "auth", "--watch", "0").status == Exit.DONE
    operate.machine.gcloud_environ = environ
    assert operate("abort", "auth").status == Exit.DONE
    assert operate.world.run.services[AUTH]["status"]["traffic"] == [{"revisionName": first, "percent": 100}]


def test_an_image_is_known_by_the_tags_that_tell_its_commit(tools: Tools, world: World) -> None:
    service = catalogue(tools)[0]
    older, newer = (f"{tools.place.image('auth')}@sha256:{digit * 64}" for digit in "12")
    world.images |= {older: "2027-01-15T09:00:00Z", newer: "2027-01-15T10:00:00Z"}
    world.tags |= {older: ["latest", "5" * 40], newer: [f"{'6' * 12}-20270115100000"]}

    assert require_image(tools, service, older).commit == "5" * 12
    assert image_of_commit(tools, service, "6" * 12) == newer


def test_a_revision_that_is_never_ready_is_21(tools: Tools, world: World) -> None:
    assert isinstance(world.runner, ScriptedRuns)
    world.runner.problem = "The user-provided container failed to start and listen on the port."
    world.images[NOBODYS_IMAGE] = "2027-01-15T09:00:00Z"
    service = catalogue(tools)[0]
    manifest, _ = with_traffic(render(tools, Wanted(service, NUMBER, NOBODYS_IMAGE, {}), "x1"), None, "x1")

    with pytest.raises(Refused, match="failed to start") as refused:
        start_revision(tools, service, f"{AUTH}-x1", manifest)

    assert refused.value.code == Exit.NOT_READY


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda spec: spec.update(containerConcurency=3), "containerConcurency"),  # gcloud's own parser
        (lambda spec: spec.update(timeoutSeconds="soon"), "soon"),
        (lambda spec: spec["containers"][0]["env"].append({"name": "PORT", "value": "1"}), "PORT"),  # Google
    ],
)
def test_a_manifest_that_is_refused_is_15(
    tools: Tools, world: World, spoil: Callable[[Json], None], named: str
) -> None:
    service = catalogue(tools)[0]
    manifest, revision = with_traffic(render(tools, Wanted(service, NUMBER, NOBODYS_IMAGE, {}), "x1"), None, "x1")
    spoil(manifest["spec"]["template"]["spec"])

    with pytest.raises(Refused, match=named) as refused:
        start_revision(tools, service, revision, manifest)

    assert refused.value.code == Exit.MANIFEST
    assert world.run.services == {}


def test_google_takes_the_manifest_with_the_collector(tools: Tools, tmp_path: Path) -> None:
    """The real manifest through gcloud's own parser, which names a field that it does not know."""
    repository, digest = f"{tools.place.registry}/{PROJECT}/emergence", f"sha256:{'0' * 64}"
    secrets = {name: "1" for each in every_service() for name in each.required_secrets}
    target = Target(
        environment="dev", project=PROJECT, project_number=NUMBER, region=tools.place.region, revision="x1",
        image=f"{repository}/auth@{digest}", collector=f"{repository}/collector@{digest}", secrets=secrets,
    )  # fmt: skip
    manifest = rendered("auth", target)
    file, words = tmp_path / "auth.json", ("run", "services", "replace", "--dry-run", "--region=europe-west1")
    file.write_text(json.dumps(manifest))

    tools.change(*words, str(file))
    manifest["spec"]["template"]["spec"]["containers"][1]["argz"] = []
    file.write_text(json.dumps(manifest))

    with pytest.raises(Refused, match="argz"):
        tools.change(*words, str(file))


def test_secrets_are_kept_as_given_and_granted(tools: Tools, world: World) -> None:
    add_value(tools, "SMTP_HOST", "smtp.example.org\n", is_new=True)
    add_value(tools, "SMTP_HOST", "mail.example.org", is_new=False)
    grant(tools, "SMTP_HOST", catalogue(tools))

    assert world.secrets["SMTP_HOST"].versions == [b"smtp.example.org", b"mail.example.org"]
    assert newest_version(tools, "SMTP_HOST") == 2
    assert readers(tools, "SMTP_HOST") == {"serviceAccount:emergence-auth@emergence-demo.iam.gserviceaccount.com"}
    world.secrets["SMTP_HOST"].versions[1] = b"mail.example.org\n"
    assert secret_value(tools, "SMTP_HOST", 2) == "mail.example.org\n"


def test_a_repository_of_images_keeps_its_tags(tools: Tools, world: World) -> None:
    world.repositories.clear()

    tools.change(
        *("artifacts", "repositories", "create", "emergence", "--location=europe-west1"),
        *("--repository-format=docker", "--immutable-tags"),
    )

    assert world.repositories == world.immutable == {"emergence"}


def test_the_databases_user_is_made(tools: Tools, world: World) -> None:
    check_network(tools)
    provide_database_users(tools, catalogue(tools))
    password = world.sql_users["emergence"]
    assert password in world.secrets["DATABASE_URL"].versions[0].decode()
    assert tools.read("sql", "users", "list", "--instance=emergence")[0]["name"] == "emergence"
    world.secrets["DATABASE_URL"].states = ["DISABLED"]
    provide_database_users(tools, catalogue(tools))
    assert world.sql_users["emergence"] not in ("", password)


@dataclass
class OnceForReal:
    """Asks the real gcloud the first time for each kind of call, and the stand-in when it is asked again."""

    real: StandIns
    kinds: tuple[str, ...]
    asked: set[str] = field(default_factory=set)

    def run(self, words: Sequence[str], given: str | None = None, more: Mapping[str, str] | None = None) -> Ended:
        kind = next((kind for kind in self.kinds if " ".join(words).startswith(f"gcloud {kind} ")), None)
        if words[0] == "gcloud" and (kind is None or kind in self.asked):
            return spoken(self.real.world, list(words[1:]), given)
        self.asked.add(kind or "")
        return self.real.run(words, given, more)


def test_the_database_is_backed_up_and_restored(operate: Operated) -> None:
    kinds = ("sql backups create", "sql backups list", "sql instances clone", "sql databases list", "logging read",
             "sql instances describe", "sql instances patch", "sql instances delete", "run jobs replace",
             "run jobs execute")  # fmt: skip
    operate.machine.gcloud_environ, environ = None, operate.machine.gcloud_environ
    assert operate("deploy", "main").status == Exit.DONE
    operate.machine.gcloud_environ = environ
    tools = Tools(machine := OnceForReal(operate.machine, kinds), find_place(None))
    whose, before = Whose(catalogue(tools), NUMBER), len(operate.world.changes)

    backup(tools, whose)
    restore_test(tools, whose)

    assert machine.asked >= {*kinds}
    assert [change.partition(" ")[0] for change in operate.world.changes[before:]] == [
        "backup", "POST", "run", "clone", "PUT", "run", "patch", "delete",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("UNAUTHENTICATED", Exit.NOT_SIGNED_IN),
        ("RESOURCE_EXHAUSTED", Exit.API),
        ("ABORTED", Exit.BUSY),
        ("PERMISSION_DENIED", Exit.PROJECT),
    ],
)
def test_what_gcloud_says_of_a_refusal_is_understood(tools: Tools, world: World, status: Status, code: Exit) -> None:
    world.faults = [status] * 20  # gcloud tries again; after 503 for half a minute, so that is not waited for here

    with pytest.raises(Refused) as refused:
        live_service(tools, AUTH)

    assert refused.value.code == code, str(refused.value)


def test_what_is_not_there_is_missing_and_nothing_else(tools: Tools) -> None:
    assert live_service(tools, AUTH) is None
    with pytest.raises(Missing):
        tools.read("artifacts", "docker", "images", "describe", f"{tools.place.image('auth')}@sha256:{'1' * 64}")
    with pytest.raises(Missing):
        tools.read("compute", "networks", "subnets", "describe", "emergence-us-east1", "--region=europe-west1")
    with pytest.raises(Missing):
        tools.read("iam", "service-accounts", "describe", "emergence-auth@emergence-demo.iam.gserviceaccount.com")
