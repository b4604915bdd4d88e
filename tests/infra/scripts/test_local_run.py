"""The whole way: deploy, test, canary, rollback by `make`, over real processes behind the real Envoy.

`make thorough THOROUGH=tests/infra/scripts/test_local_run.py` does it with the real gcloud, two minutes
more, and with the images that `make verify-images` built, where it did.
"""

import asyncio
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from blueprint.images.engine import find_engine, named_images
from blueprint.refusal import Refusal
from localrun.instance import Images, free_port
from operate.refusals import Exit
from tests.databases import EngineLoop
from tests.infra.scripts.google.server import google, has_gcloud
from tests.infra.scripts.google.world import World
from tests.infra.scripts.local_runs import LocalRuns
from tests.infra.scripts.machine import StandIns
from tests.infra.scripts.on_path import Shell, shell
from tests.infra.scripts.operated import AUTH, MAIN, SESSION
from tests.journeys.deployment import Deployment, model_environ
from tests.journeys.program import plain_environ
from tests.journeys.visitor import PASSWORD, Json, PatientClient, Visitor, text_of
from tests.scripted_models.openai_server import OpenAIServer
from tests.thorough import IS_THOROUGH

ADA = "ada@example.org"
PUBLIC_URL = "https://chat.example.org"
GENERATED = {name: secrets.token_hex(32) for name in ("AUTH_JWT_SECRET", "EMERGENCE_SERVICE_SECRET", "CHAT_KEY_SECRET")}
GENERATED |= {"METRICS_TOKEN": secrets.token_hex(16), "AUTH_ADMIN_EMAILS": ADA}
GENERATED |= {"OPENAI_API_KEY": "sk-of-nobody", "ANTHROPIC_API_KEY": "sk-ant-of-nobody"}
# The scripted model answers; nobody waits for providers that cannot be reached from here.
ONLY_HERE = {"OPENAI_API_KEY": "", "ANTHROPIC_API_KEY": "", "MEMORY_EMBEDDING_MODEL": "none", "LOG_LEVEL": "INFO"}
PAUSE_S = 3.0 if IS_THOROUGH else 0.2  # the real gcloud takes minutes, and auth counts refreshes
BACKENDS = {"auth": AUTH, "session": SESSION, "main": MAIN}


@pytest.fixture
def models(engine_loop: EngineLoop) -> Iterator[OpenAIServer]:
    server = OpenAIServer()
    engine_loop.run(server.__aenter__())
    yield server
    engine_loop.run(server.__aexit__(None, None, None))


@dataclass
class Local:
    """A project whose revisions really run, the edge before them, and a shell to operate it."""

    world: World
    machine: StandIns
    runs: LocalRuns
    shell: Shell
    url: str

    def make(self, words: str) -> str:
        """Run make, which must succeed, and return what it printed."""
        ended = self.shell.run(f"make -s {words}")
        assert ended.returncode == Exit.DONE, f"{words}\n{ended.stdout}\n{ended.stderr}"
        return ended.stdout

    def serving(self, name: str) -> dict[str, int]:
        traffic = self.world.run.services[name]["status"]["traffic"]
        return {each["revisionName"]: each["percent"] for each in traffic if each.get("percent")}


@pytest.fixture
def local(database_url: str, models: OpenAIServer) -> Iterator[Local]:
    with tempfile.TemporaryDirectory(prefix="emergence-localrun-") as name:
        folder = Path(name)
        world = World()
        for secret, value in (GENERATED | {"DATABASE_URL": database_url}).items():
            world.fill_secret(secret, value, "emergence-auth", "emergence-session", "emergence-main")
        runs = LocalRuns(folder, lambda name, version: world.secrets[name].versions[int(version) - 1].decode())
        runs.more = model_environ(models) | ONLY_HERE
        runs.images, why = images_here()
        print(f"runs {'images' if runs.images else f'processes: {why}'}")
        world.runner = world.run.runner = runs
        with closing(runs), edge_before(runs, folder) as url, google(world, folder) as gcloud_environ:
            runs.edge = url
            real = gcloud_environ if IS_THOROUGH and has_gcloud() else None
            machine = StandIns(world, real)
            with shell(machine, folder, real_gcloud=real) as there:
                environ = {**there.environ, "PUBLIC_URL": PUBLIC_URL}
                yield Local(world, machine, runs, Shell(there.scripts, environ), url)


def images_here() -> tuple[Images | None, str]:
    """Return the images to run, where there are any and time for them; else why not."""
    if not IS_THOROUGH:
        return None, "images take `make thorough`"
    try:
        engine = find_engine()
        return Images(engine, named_images(engine, [])), ""
    except Refusal as refused:
        return None, str(refused)


@contextmanager
def edge_before(runs: LocalRuns, folder: Path) -> Iterator[str]:
    """Run the real Envoy, configured from routes.yaml, and yield its address."""
    runs.prepare(*BACKENDS.values())
    port = free_port()
    words = [f"--backend={key}=127.0.0.1:{runs.fronts[name].port}" for key, name in BACKENDS.items()]
    command = [sys.executable, "-m", "blueprint", "envoy", f"--listen=127.0.0.1:{port}", *words]
    scripts = Path(__file__).parents[3] / "infra" / "cloud-run"
    made = subprocess.run(
        command, env=plain_environ(PYTHONPATH=str(scripts)), capture_output=True, text=True, check=True
    )
    (folder / "envoy.yaml").write_text(made.stdout)
    envoy = [str(Path(sys.executable).with_name("envoy")), "-c", str(folder / "envoy.yaml"), "--concurrency", "1"]
    with (folder / "envoy.log").open("ab") as log:
        process = subprocess.Popen([*envoy, "--disable-hot-restart", "-l", "warning"], stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def make_account(local: Local, database_url: str) -> None:
    """Make Ada's account from the machine, as an operator's job does."""
    secret = local.world.secrets["AUTH_JWT_SECRET"].versions[0].decode()
    subprocess.run(
        [sys.executable, "-m", "emergence", "admin", "create-admin", "--email", ADA, "--password-stdin"],
        input=PASSWORD + "\n",
        text=True,
        check=True,
        capture_output=True,
        env=plain_environ(DATABASE_URL=database_url, AUTH_JWT_SECRET=secret),
    )


async def test_a_canary_is_promoted_and_rolled_back_while_somebody_talks(local: Local, database_url: str) -> None:
    local.machine.commit = "111111111111"
    local.make("deploy-all ARGS=--yes")
    assert local.make("test").splitlines()[-1].endswith(" passed, 0 failed")
    assert local.world.run.policies[AUTH]["bindings"] == [{"role": "roles/run.invoker", "members": ["allUsers"]}]
    make_account(local, database_url)
    person = Deployment("split", local.runs.folder, local.url, {}, {})

    async with Visitor(person, ADA) as ada:
        await ada.log_in()
        async with ada.live() as live:
            talking = Talking(ada, live)
            going_on = asyncio.create_task(talking.go_on())
            local.machine.commit = "222222222222"
            for words in ("canary-auth ARGS='--watch 1'", "promote-auth ARGS='--watch 1'", "rollback-auth"):
                await asyncio.to_thread(local.make, words)
            talking.is_over = True
            said = await going_on
            stored = await everything_in(ada, talking.thread)

    assert local.serving(AUTH) == {f"{AUTH}-111111111111": 100}
    assert local.runs.fronts[AUTH].served[f"{AUTH}-222222222222"] > 0
    assert [text_of(each) for each in stored if each["role"] == "user"] == said
    assert [each["status"] for each in stored if each["role"] != "user"] == ["complete"] * len(said)
    status = local.make("status")
    assert f"{AUTH}-111111111111" in status and "100 %" in status
    assert local.runs.service_url(SESSION) in local.make("urls")


async def everything_in(person: Visitor, thread: str | None) -> list[Json]:
    """Return every message of a thread, oldest first."""
    found: list[Json] = []
    while True:
        before = f"&before={found[0]['id']}" if found else ""
        page = (await person.get(f"/api/threads/{thread}/messages?limit=50{before}"))["messages"]
        if not page:
            return found
        found = [*page, *found]


class Talking:
    """Somebody who says one thing after another, each when the one before was answered, and asks auth in between."""

    def __init__(self, person: Visitor, live: PatientClient) -> None:
        self.person = person
        self.live = live
        self.thread: str | None = None
        self.is_over = False

    async def go_on(self) -> list[str]:
        """Talk until it is over; return everything that was said and answered."""
        said: list[str] = []
        while not self.is_over or len(said) < 3:
            text = f"Message number {len(said)}"
            ack = await self.live.send(text, thread=self.thread)
            assert ack["type"] == "ack", ack
            self.thread = ack["thread"]
            assert await self.live.answer_to(ack)
            said.append(text)
            await self.person.refresh()
            await asyncio.sleep(PAUSE_S)
        return said
