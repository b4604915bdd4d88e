"""Each service starts by itself, with only its own requirements and settings, and ends when told to."""

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.alone import Alone, becomes_ready, build_wheel, exit_status_after, install, lock_without
from tests.architecture.locks import SERVICES, text_of
from tests.architecture.sources import ROOT

SECRET = "c2f7a1905be84d63" * 2
REQUIRED = {
    "auth": {
        "EMERGENCE_SERVICE_SECRET": SECRET,
        "AUTH_JWT_SECRET": SECRET[::-1],
        "EMERGENCE_PUBLIC_URL": "https://chat.example.org",
    },
    "session": {"EMERGENCE_SERVICE_SECRET": SECRET},
    "chat": {"EMERGENCE_SERVICE_SECRET": SECRET},
    "memory": {"EMERGENCE_SERVICE_SECRET": SECRET},
    "gateway": {"EMERGENCE_SERVICE_SECRET": SECRET},
}
# Modules that need an extra which services do not carry: only `emergence up` starts engines.
WITH_EXTRAS = (
    "emergence.kernel.storage.embedded",
    "emergence.kernel.private_spans",  # loaded only with the telemetry extra
    "emergence.chat.local_model.serve",
    "emergence.kernel.embeddings.compatible",  # memory carries its client, and loads it when it is set
)
IMPORT_ALL = """
import importlib, pkgutil, sys
import emergence
for package in sys.argv[1].split():
    folder = importlib.import_module(package)
    for found in pkgutil.walk_packages(folder.__path__, package + "."):
        if not found.name.startswith(tuple(sys.argv[2].split())):
            importlib.import_module(found.name)
"""

# A service's tests share one environment, so they stay on one worker; different services run side by side.
each_service = pytest.mark.parametrize(
    "service", [pytest.param(name, marks=pytest.mark.xdist_group(f"alone-{name}")) for name in SERVICES]
)
each_requirement = pytest.mark.parametrize(
    ("service", "missing"),
    [
        pytest.param(service, name, marks=pytest.mark.xdist_group(f"alone-{service}"))
        for service, required in REQUIRED.items()
        for name in [*required, *(["DATABASE_URL"] if service != "gateway" else [])]
    ],
)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Callable[[str], Alone]:
    """Return the environment of a service, made when first asked for."""
    made: dict[str, Alone] = {}

    def environment_of(service: str) -> Alone:
        if service not in made:
            folder = tmp_path_factory.mktemp(service) / "venv"
            made[service] = install(folder, ROOT / "requirements" / f"{service}.txt", wheel)
        return made[service]

    return environment_of


def own_settings(service: str, database_url: str, port: int) -> dict[str, str]:
    """Return all that a service needs to know, and nothing else."""
    database = {} if service == "gateway" else {"DATABASE_URL": database_url}
    return {**REQUIRED[service], **database, "EMERGENCE_PORT": str(port)}


@each_service
def test_a_service_boots_with_only_its_own_requirements_and_settings(
    service: str, alone: Callable[[str], Alone], database_url: str, free_port: int, tmp_path: Path
) -> None:
    environ = own_settings(service, database_url, free_port)
    log = tmp_path / "log"

    with alone(service).running("serve", service, environ=environ, log=log) as process:
        is_ready = becomes_ready(process, f"http://127.0.0.1:{free_port}")
        assert is_ready, log.read_text()
        status = exit_status_after(process, signal.SIGTERM)

    assert status == 0, log.read_text()


@each_requirement
def test_a_missing_setting_is_named_in_one_line(
    service: str, missing: str, alone: Callable[[str], Alone], database_url: str, free_port: int
) -> None:
    environ = own_settings(service, database_url, free_port)
    del environ[missing]

    ended = alone(service).run("serve", service, environ=environ)

    assert ended.returncode != 0
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
    assert missing in ended.stderr
    assert SECRET not in ended.stderr


@each_service
def test_nothing_that_a_service_loads_later_is_missing(service: str, alone: Callable[[str], Alone]) -> None:
    packages = f"emergence.kernel emergence.contracts emergence.{service}"

    ended = subprocess.run(
        [str(alone(service).python), "-c", IMPORT_ALL, packages, " ".join(WITH_EXTRAS)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr


@pytest.mark.xdist_group("alone-auth")
def test_a_forgotten_requirement_would_be_noticed(
    wheel: Path, database_url: str, free_port: int, tmp_path: Path
) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(lock_without(text_of("auth"), "argon2-cffi"))
    broken = install(tmp_path / "venv", lock, wheel)
    environ = own_settings("auth", database_url, free_port)

    with broken.running("serve", "auth", environ=environ, log=tmp_path / "log") as process:
        is_ready = becomes_ready(process, f"http://127.0.0.1:{free_port}")

    assert not is_ready
    assert "argon2" in (tmp_path / "log").read_text()


@pytest.mark.xdist_group("alone-session")
def test_a_service_starts_without_the_package_of_a_bus_that_it_does_not_use(
    wheel: Path, database_url: str, free_port: int, tmp_path: Path
) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(lock_without(text_of("session"), "nats-py"))
    lean = install(tmp_path / "venv", lock, wheel)
    environ = own_settings("session", database_url, free_port)

    with lean.running("serve", "session", environ=environ, log=tmp_path / "log") as process:
        assert becomes_ready(process, f"http://127.0.0.1:{free_port}"), (tmp_path / "log").read_text()
