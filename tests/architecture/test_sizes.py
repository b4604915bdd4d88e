"""Files stay small enough to be read in one sitting; at the limit, look for the second idea."""

import ast

from tests.architecture.sources import ROOT, parsed, place, tracked_below

PYTHON_LINES = 300
TYPESCRIPT_LINES = 250
FOLDERS = ("src", "tests", "bench", "tools", "infra")
VAGUE_NAMES = frozenset(
    {"utils", "util", "helpers", "helper", "common", "core", "base", "misc", "manager", "service", "handler"}
)


def too_long(paths: list[str], limit: int) -> list[str]:
    """Return what to say of each file above the limit."""
    counted = [(path, len((ROOT / path).read_text().splitlines())) for path in paths]
    return [f"{path}: {lines} lines, at most {limit}; split it by idea" for path, lines in counted if lines > limit]


def python_files() -> list[str]:
    return [place(path) for folder in FOLDERS for path in tracked_below(folder, ".py")]


def test_no_python_file_is_too_long_to_read() -> None:
    assert too_long(python_files(), PYTHON_LINES) == []


def test_no_typescript_file_is_too_long_to_read() -> None:
    files = [place(path) for path in tracked_below("web", ".ts", ".tsx", ".mjs") if ".gen." not in path.name]

    assert too_long(files, TYPESCRIPT_LINES) == []


def test_every_python_file_opens_with_what_it_is_for() -> None:
    silent = [
        name
        for name in python_files()
        if (ROOT / name).stat().st_size and not (ast.get_docstring(parsed(ROOT / name)) or "").strip()
    ]

    assert silent == [], "open each file with one sentence: what it is for and where it fits"


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    vague = [
        name
        for name in python_files()
        if VAGUE_NAMES & set(name.removesuffix(".py").split("/")) and name.startswith("src")
    ]

    assert vague == [], "name what it does, or leave it where it is used"
