"""The way back by one command, `operate.sh rollback auth`: Google is a fake, behind which auth really runs."""

import asyncio
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bench.instruments.engine import running_postgres, scratch_folder
from bench.instruments.ground import Ground
from bench.instruments.live import http_client
from bench.instruments.report import Figure, NotMeasured, progress
from blueprint.services import service_of
from tests.infra.scripts.google.server import google, has_gcloud
from tests.infra.scripts.google.world import World
from tests.infra.scripts.local_runs import LocalRuns
from tests.infra.scripts.machine import StandIns
from tests.infra.scripts.on_path import Shell, shell

ALWAYS_PROCESSES = "the fake of Google's interfaces starts processes"
AUTH = service_of("auth")
MOST_S = 60.0
FIRST, SECOND = "111111111111", "222222222222"
PUBLIC_URL = "https://chat.example.org"
ASKED_AFTERWARDS = 20
PAUSE_S = 0.05
LIMIT = aiohttp.ClientTimeout(total=10)


@dataclass
class Project:
    """A project in which auth is deployed twice, and a shell to operate it."""

    world: World
    machine: StandIns
    runs: LocalRuns
    shell: Shell

    async def operate(self, words: str) -> float:
        """Run one command to its end and return the seconds that it took. Raises NotMeasured when it fails."""
        began_s = time.perf_counter()
        ended = await asyncio.to_thread(self.shell.run, f"./operate.sh {words}")
        if ended.returncode != 0:
            raise NotMeasured(f"operate.sh {words} ended with {ended.returncode}: {ended.stderr[-500:]}")
        return time.perf_counter() - began_s

    async def serving(self, http: aiohttp.ClientSession) -> set[str]:
        """Ask a few times and return which revisions were asked, whatever Google's interface says."""
        front = self.runs.fronts[AUTH.name]
        before = front.served.copy()
        for _ in range(ASKED_AFTERWARDS):
            await _status(http, front.url)
        return {revision for revision, count in front.served.items() if count > before[revision]}


@dataclass
class Visits:
    """What somebody heard who asked auth all the time."""

    statuses: list[int] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Return how many were not answered well."""
        return sum(status != 200 for status in self.statuses)


async def measured(ground: Ground) -> list[Figure]:
    """Return the figures. Raises NotMeasured."""
    progress(f"rollback of auth, {ground.runs}")
    load = os.getloadavg()[0]
    async with running_postgres() as database:
        with scratch_folder() as folder, _project(database, folder) as project:
            for commit in (FIRST, SECOND):
                project.machine.commit = commit
                await project.operate("deploy auth")
            async with http_client() as http:
                if (before := await project.serving(http)) != {_revision(SECOND)}:
                    raise NotMeasured(f"the second revision does not serve: {before}")
                await project.operate("rollback auth --dry-run")
                idle = await project.serving(http)
                visits = Visits()
                visiting = asyncio.create_task(_visit(http, project, visits))
                try:
                    taken_s = await project.operate("rollback auth")
                finally:
                    visiting.cancel()
                    await asyncio.gather(visiting, return_exceptions=True)
                after = await project.serving(http)
    return figures_of(taken_s, after, idle, visits, load)


def figures_of(taken_s: float, after: set[str], idle: set[str], visits: Visits, load: float) -> list[Figure]:
    """Return the figures; `idle` is what served after a rollback that only says what it would do."""
    gcloud = "the real gcloud" if has_gcloud() else "a stand-in for gcloud"
    told = f"operate.sh rollback auth to its end, {gcloud}"
    return [
        Figure("rollback", taken_s, "s", MOST_S, note=told),
        Figure("rollback_back", is_back(after), "", 1, ">=", note=f"of {ASKED_AFTERWARDS} requests: {_named(after)}"),
        Figure("rollback_failed", visits.failed, "requests", 0, note=f"of {len(visits.statuses)} meanwhile"),
        Figure("rollback_load", load, "load"),
        Figure("rollback_idle_noticed", not is_back(idle), "", 1, ">=", note=f"after --dry-run: {_named(idle)}"),
    ]


def is_back(serving: set[str]) -> bool:
    """Return whether the first revision answers, and no other one."""
    return serving == {_revision(FIRST)}


def _revision(commit: str) -> str:
    return f"{AUTH.name}-{commit}"


def _named(serving: set[str]) -> str:
    return ", ".join(sorted(serving)) or "nobody"


async def _visit(http: aiohttp.ClientSession, project: Project, visits: Visits) -> None:
    while True:
        visits.statuses.append(await _status(http, project.runs.fronts[AUTH.name].url))
        await asyncio.sleep(PAUSE_S)


async def _status(http: aiohttp.ClientSession, url: str) -> int:
    try:
        async with http.get(f"{url}/api/ready", timeout=LIMIT) as answer:
            await answer.read()
            return answer.status
    except (aiohttp.ClientError, OSError, TimeoutError):
        return 0


@contextmanager
def _project(database: str, folder: Path) -> Iterator[Project]:
    world = World()
    values = {name: secrets.token_hex(32) for name in AUTH.required_secrets}
    for name, value in (values | {"DATABASE_URL": database, "AUTH_ADMIN_EMAILS": "ada@example.org"}).items():
        world.fill_secret(name, value, AUTH.account, "emergence-session", "emergence-main")
    runs = LocalRuns(folder, lambda name, version: world.secrets[name].versions[int(version) - 1].decode())
    world.runner = world.run.runner = runs
    with closing(runs), google(world, folder) as environ:
        runs.prepare(AUTH.name, service_of("session").name, service_of("main").name)
        runs.edge = runs.fronts[AUTH.name].url
        real = environ if has_gcloud() else None
        machine = StandIns(world, real)
        with shell(machine, folder, real_gcloud=real) as there:
            yield Project(world, machine, runs, Shell(there.scripts, {**there.environ, "PUBLIC_URL": PUBLIC_URL}))
