"""What `emergence up` kept, moved as the guide says: every service starts on the copy, memory included."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from blueprint.services import Service, container_of, every_service
from emergence.local_install import GENERATED_SECRETS
from tests.architecture.sources import ROOT
from tests.databases import Databases
from tests.journeys.deployment import Deployment, free_ports, one_process
from tests.journeys.program import Program, plain_environ
from tests.journeys.test_move_database import move
from tests.thorough import IS_THOROUGH

GUIDE = ROOT / "infra" / "cloud-run" / "MIGRATION_GUIDE.md"


@pytest.fixture
def empty_url(databases: Databases) -> Iterator[str]:
    name = databases.make()
    yield databases.url(name)
    databases.drop(name)


def bound(service: Service) -> set[str]:
    """Return the variables that a deployment of this service may have."""
    return {entry["name"] for entry in container_of(service.manifest)["env"]} | set(service.optional_secrets)


def deployed(folder: Path, database_url: str, kept: dict[str, str]) -> Deployment:
    """Prepare the processes of the manifests, each with those of the `kept` secrets that its manifest binds."""
    services = every_service()
    parts = [service.serves for service in services]
    addresses = dict(zip(parts, (f"http://127.0.0.1:{port}" for port in free_ports(len(parts))), strict=True))
    shared = {
        "DATABASE_URL": database_url,
        "EMERGENCE_PUBLIC_URL": next(url for names, url in addresses.items() if "gateway" in names),
        "AUTH_ADMIN_EMAILS": "ada@example.org",
    }
    shared |= {f"{name.upper()}_SERVICE_URL": url for names, url in addresses.items() for name in names}
    programs = {}
    for service in services:
        environ = {name: value for name, value in (shared | kept).items() if name in bound(service)}
        environ |= {"MEMORY_EMBEDDING_MODEL": "none", "EMERGENCE_ENV": "development", "AUTH_ENV": "dev"}
        words = ["serve", *service.serves, "--port", addresses[service.serves].rpartition(":")[2]]
        programs[service.serves] = Program(service.key, words, plain_environ(**environ), folder / f"{service.key}.log")
    return Deployment("split", folder, shared["EMERGENCE_PUBLIC_URL"], programs, addresses, set(kept.values()))


def in_the_guide() -> set[str]:
    """Return the secrets that the guide has its readers bring along."""
    (told,) = re.findall(r"donnez \*\*les mêmes\*\* secrets(.*?)valent", GUIDE.read_text(), re.DOTALL)
    return set(re.findall(r"[A-Z]+(?:_[A-Z]+)+", told))


def test_what_is_generated_is_told_in_the_guide_and_bound_by_a_manifest() -> None:
    assert in_the_guide() == set(GENERATED_SECRETS)
    assert set(GENERATED_SECRETS) <= set().union(*(bound(service) for service in every_service()))


@pytest.mark.skipif(not IS_THOROUGH, reason="four programs, one after the other, take `make thorough`")
async def test_every_service_starts_on_the_copy_with_the_secrets_that_the_guide_names(
    empty_url: str, tmp_path: Path, place: Path
) -> None:
    before = one_process(place / "moved", None, MEMORY_EMBEDDING_MODEL="none")
    await before.start()
    try:
        source = json.loads((before.folder / "running.json").read_text())["database_url"]
        moved = move(source, empty_url, tmp_path)
    finally:
        await before.stop()
    assert moved.returncode == 0, moved.stderr
    secrets = json.loads((before.folder / "secrets.json").read_text())

    copy = deployed(tmp_path, empty_url, {name: value for name, value in secrets.items() if name in in_the_guide()})
    try:
        await copy.start()
        copy.check_logs()
    finally:
        copy.kill_tree()

    assert set(secrets) == set(GENERATED_SECRETS)
    del secrets["MEMORY_KEY_SECRET"]
    main = copy.program_of("memory")
    without = deployed(tmp_path, empty_url, secrets).programs[main]
    without.start()
    assert await without.ended() == 2, "without the secret that sealed its key memory must not start"
    assert "MEMORY_KEY_SECRET" in without.said()
