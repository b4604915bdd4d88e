"""The packages of each service, from what it imports: names here, versions and hashes by uv from the tested lock."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import distribution, packages_distributions
from pathlib import Path
from typing import Any

from blueprint.files import FOLDER, REPOSITORY, load
from blueprint.imports import PRODUCT, reach
from blueprint.refusal import MissingTool, Refusal
from blueprint.services import Service, every_service

COMMANDS = ("emergence.__main__", "emergence.commands.serve", "emergence.commands.migrate")
PYTHON = "3.11"
NAME = re.compile(r"[A-Za-z0-9._-]+")


def wishes(service: Service, folder: Path = FOLDER, repository: Path = REPOSITORY) -> dict[str, str]:
    """Return what a service needs: a requirement by the canonical name of its package, with pyproject.toml's bounds.

    Raises Refusal when an import belongs to no installed package.
    """
    told = load(folder / "imports.yaml")
    declared = _declared(repository)
    names = sorted(set(_named(service, told, folder, repository)))
    return {name: declared.get(name, name) for name in names}


def lock(service: Service, folder: Path = FOLDER, repository: Path = REPOSITORY, *, is_upgrade: bool = False) -> Path:
    """Write a service's requirements file and return it. Raises MissingTool, Refusal."""
    uv = Path(sys.executable).with_name("uv")
    if not uv.is_file():
        raise MissingTool("uv is missing: run make setup in the repository")
    target = folder / f"{service.key}-requirements.txt"
    command = [str(uv), "pip", "compile", "--quiet", "-", "--python-version", PYTHON, "--python-platform", "linux"]
    command += ["--generate-hashes", "--no-emit-index-url", "--custom-compile-command", "make lock", "--no-annotate"]
    command += ["--constraint", "requirements/dev.txt", "--override", "requirements/overrides.txt"]
    command += [*(["--upgrade"] if is_upgrade else []), "--output-file", str(target)]
    wanted = "\n".join(wishes(service, folder, repository).values())
    done = subprocess.run(command, input=wanted, cwd=repository, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Refusal(f"{target.name} could not be written: {' '.join(done.stderr.split())[-300:]}")
    return target


def _named(service: Service, told: Mapping[str, Any], folder: Path, repository: Path) -> Iterator[str]:
    source = repository / "src"
    modules = [name for served in service.serves for name in _modules_below(source, served)]
    everybody = {name for each in every_service(folder) for name in each.serves}
    others = frozenset(f"{PRODUCT}.{name}" for name in everybody - set(service.serves))
    reached = reach(source, [*COMMANDS, *modules], others)
    for module, packages in told["by_name"].items():
        if module in reached.modules:
            yield from packages
    for wanted, module in sorted(reached.packages.items()):
        if not _is_left_out(wanted, told["left_out"]):
            yield from _package_of(wanted, module)


def _modules_below(source: Path, served: str) -> Iterator[str]:
    for path in (source / PRODUCT / served).rglob("*.py"):
        yield ".".join(path.relative_to(source).with_suffix("").parts).removesuffix(".__init__")


def _is_left_out(wanted: str, left_out: Mapping[str, str]) -> bool:
    return any(f"{wanted}.".startswith(f"{name}.") for name in left_out)


def _package_of(wanted: str, module: str) -> Iterator[str]:
    """Yield the package that an import belongs to; a namespace that several share is decided by their files."""
    top = wanted.split(".")[0]
    if top in sys.stdlib_module_names:
        return
    candidates = sorted(set(_distributions().get(top, [])))
    if not candidates:
        raise Refusal(f"{module} imports {wanted}, which no installed package has: run make test once, or add it")
    if len(candidates) > 1:
        candidates = [name for name in candidates if _holds(name, wanted)]
    yield from map(canonical, candidates)


@cache
def _distributions() -> Mapping[str, list[str]]:
    return packages_distributions()


@cache
def _holds(name: str, wanted: str) -> bool:
    path = wanted.replace(".", "/")
    return any(str(file) in (f"{path}.py", f"{path}/__init__.py") for file in distribution(name).files or ())


def canonical(name: str) -> str:
    """Return a package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _declared(repository: Path) -> dict[str, str]:
    """Return pyproject.toml's own requirements by name, those of the product first."""
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    lines = [line for extra in project["optional-dependencies"].values() for line in extra] + project["dependencies"]
    found = {canonical(match[0]): line for line in lines if (match := NAME.match(line))}
    return {name: line for name, line in found.items() if name != PRODUCT}
