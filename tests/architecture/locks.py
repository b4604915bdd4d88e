"""The locks of requirements/ and the wishes of pyproject.toml, as data."""

import re
import tomllib
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture.sources import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
SERVICES = ("auth", "session", "chat", "memory", "gateway")
EXTRA_LOCKS = (*SERVICES, "up", "dev")
GROUP_LOCKS = ("build", "infra", "node")
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?P<marker> ; [^\\]+)?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of a lock."""

    version: Version
    is_never_installed: bool


def text_of(lock: str) -> str:
    """Return a lock as it is written."""
    return (ROOT / "requirements" / f"{lock}.txt").read_text()


def pins(lock: str) -> dict[str, Pin]:
    """Return what a lock installs, by canonical name; the newest where platforms differ."""
    found: dict[str, Pin] = {}
    for match in PINNED.finditer(text_of(lock)):
        name, pin = (
            canonicalize_name(match["name"]),
            Pin(Version(match["version"]), "'never'" in (match["marker"] or "")),
        )
        if name not in found or found[name].version < pin.version:
            found[name] = pin
    return found


def wished(extra: str) -> list[Requirement]:
    """Return the direct requirements of an extra, its nested extras included, the project's own first."""
    return [Requirement(line) for line in PROJECT["project"]["dependencies"]] + _extra(extra)


def wished_by_group(group: str) -> list[Requirement]:
    """Return the requirements of a dependency group."""
    return [Requirement(line) for line in PROJECT["dependency-groups"][group]]


def _extra(extra: str) -> list[Requirement]:
    found: list[Requirement] = []
    for line in PROJECT["project"]["optional-dependencies"][extra]:
        requirement = Requirement(line)
        if requirement.name == PROJECT["project"]["name"]:
            found += [inner for nested in sorted(requirement.extras) for inner in _extra(nested)]
        else:
            found.append(requirement)
    return found
