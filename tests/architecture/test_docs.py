"""What documents say exists: commands, targets, files, variables; and nothing tracked names a machine or a registry."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from emergence.command_line import COMMANDS
from emergence.composition import every_settings_class
from operate.place import VARIABLES
from tests.architecture.sources import ROOT, TEXT_SUFFIXES, place, tracked_files

DOCUMENTS = sorted(path for path in tracked_files() if path.suffix == ".md")
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#]*)(#[^)]*)?\)")
CODE = re.compile(r"```sh\n(.*?)```|`([^`\n]+)`", re.DOTALL)
MAKE = re.compile(r"(?:^|\s)make ([a-z][a-z-]*)(?=\s|$)", re.MULTILINE)
TARGET = re.compile(r"^([a-z%-]+):", re.MULTILINE)
COMMAND = re.compile(r"(?:^|[\s/])emergence ([a-z]+)(?=\s|$)", re.MULTILINE)
ASSIGNED = re.compile(r"\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?==)")
OF_MAKE = frozenset({"PYTHON", "ARGS", "UPGRADE", "CHROMIUM"})
OF_OPERATORS = frozenset({*VARIABLES, "ENVIRONMENT", "NAME"})  # of infra/cloud-run/Makefile and what it starts
# Written in parts, so that this file does not name what it looks for.
REGISTRIES = ["py" + "pi.org", "pythonhosted" + ".org", "registry." + "npmjs", "npmjs" + ".org", "deb." + "debian.org"]
MACHINE_PATHS = re.compile(r"(?<![\w.])(/(?:work|root)/|/home/\w+/|/Users/\w+/|\.\./shared\b)")
MAY_NAME_FOLDERS = ("tests/", "src/emergence/kernel/storage/embedded/")  # they are about such folders


def code_of(document: Path) -> str:
    """Return all that a document shows as code."""
    return "\n".join(block or inline for block, inline in CODE.findall(document.read_text()))


def identifiers() -> list[str]:
    return [place(path) for path in DOCUMENTS]


@pytest.fixture(scope="module")
def targets() -> set[str]:
    return set(TARGET.findall((ROOT / "Makefile").read_text()))


def targets_for(document: Path, targets: set[str]) -> list[re.Pattern[str]]:
    """Return what `make` may be told in a document: targets of the Makefiles in its folder and those above it."""
    above = [folder / "Makefile" for folder in document.parents if folder.is_relative_to(ROOT)]
    known = targets.union(*(TARGET.findall(makefile.read_text()) for makefile in above if makefile.exists()))
    return [re.compile(name.replace("%", "[a-z]+")) for name in known]


@pytest.mark.parametrize("document", DOCUMENTS, ids=identifiers())
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    shown = re.sub(r"<!--.*?-->", "", document.read_text(), flags=re.DOTALL)

    lost = [target for target, _ in LINK.findall(shown) if target and not (document.parent / target).exists()]

    assert lost == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=identifiers())
def test_every_command_that_is_named_exists(document: Path, targets: set[str]) -> None:
    code = code_of(document)

    known = targets_for(document, targets)
    assert [name for name in MAKE.findall(code) if not any(target.fullmatch(name) for target in known)] == []
    assert set(COMMAND.findall(code)) - set(COMMANDS) == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=identifiers())
def test_every_variable_that_is_set_exists(document: Path) -> None:
    known = {name for kind in every_settings_class() for name in kind.variables()}

    assert set(ASSIGNED.findall(code_of(document))) - known - OF_MAKE - OF_OPERATORS == set()


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command: str) -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "emergence", command, "--help"], capture_output=True, text=True, check=False
    )

    assert asked.returncode == 0, asked.stderr
    assert COMMANDS[command].split()[0] in asked.stdout


def test_make_lists_every_target(targets: set[str]) -> None:
    if shutil.which("make") is None:
        pytest.skip("make is not installed")

    listed = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert set(re.findall(r"^  make ([a-z]+) ", listed.stdout, flags=re.MULTILINE)) == targets


def test_the_options_that_the_readme_uses_exist() -> None:
    for line in re.findall(r"\.venv/bin/emergence ((?:chat|threads|doctor)\b.*)", (ROOT / "README.md").read_text()):
        command, *rest = line.split()
        asked = subprocess.run(
            [sys.executable, "-m", "emergence", command, "--help"], capture_output=True, text=True, check=True
        )
        assert [word for word in rest if word.startswith("--") and word not in asked.stdout] == []


def test_every_decision_is_on_the_map() -> None:
    pages = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    mapped = (ROOT / "docs" / "index.md").read_text()

    assert [page for page in pages if f"decisions/{page}" not in mapped] == []
    assert [page[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]


def test_nothing_tracked_names_a_machine_or_a_registry() -> None:
    found = []
    for path in tracked_files():
        if path.suffix not in TEXT_SUFFIXES or path.name == Path(__file__).name:
            continue
        text = path.read_text(errors="replace")
        found += [f"{place(path)}: {name}" for name in REGISTRIES if name in text]
        if not place(path).startswith(MAY_NAME_FOLDERS):
            found += [f"{place(path)}: {match}" for match in MACHINE_PATHS.findall(text)]

    assert found == [], "what is committed must fit every machine"
