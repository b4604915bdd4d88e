"""What documents name as proof exists: tests by path and name, files of the product, and every figure."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, parsed, place, product_trees, tracked_files

DOCUMENTS = sorted(path for path in tracked_files() if path.suffix == ".md")
TEST = re.compile(r"\b(tests/[\w/]+\.py)::(\w+)")
PRODUCT_FILE = re.compile(r"`((?:src|tests|web|tools)/[\w./-]+\.\w+)`")
FIGURE = re.compile(r"`([a-z][a-z_]+)(?:\{[a-z_,]+\})?`")
MAKERS = frozenset({"counter", "gauge", "histogram"})
OPERATIONS = ROOT / "docs" / "operations.md"
CHECKS = ROOT / "docs" / "auth-checks.md"
NUMBER_OF_CHECKS = 44
NOT_OF_AUTH = ("src/emergence/session/", "src/emergence/chat/", "src/emergence/gateway/")


@cache
def functions_of(path: Path) -> frozenset[str]:
    """Return the names of the functions of a test file."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(parsed(path)) if isinstance(node, functions))


def lost_tests(text: str) -> list[str]:
    """Return the tests that a text names and nobody wrote."""
    named = {(path, name) for path, name in TEST.findall(text)}
    return [
        f"{path}::{name}"
        for path, name in sorted(named)
        if not (ROOT / path).is_file() or name not in functions_of(ROOT / path)
    ]


def declared_figures() -> set[str]:
    """Return the names of the figures of auth and of what it stands on."""
    found = set()
    for path, tree in product_trees():
        if place(path).startswith(NOT_OF_AUTH):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
                found |= {str(given.value) for given in node.args[:1] if isinstance(given, ast.Constant)}
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=[place(path) for path in DOCUMENTS])
def test_every_test_and_file_that_a_document_names_exists(document: Path) -> None:
    text = document.read_text()

    assert lost_tests(text) == []
    assert [name for name in PRODUCT_FILE.findall(text) if not (ROOT / name).is_file()] == []


def test_a_test_that_nobody_wrote_is_noticed() -> None:
    here = "tests/architecture/test_named_in_docs.py"
    known, invented = f"{here}::test_a_test_that_nobody_wrote_is_noticed", f"{here}::test_the_moon"

    assert lost_tests(f"`{known}`, `{invented}`, tests/none.py::test_x") == [invented, "tests/none.py::test_x"]


def test_every_figure_is_explained_and_no_other() -> None:
    rows = OPERATIONS.read_text().partition("## Figures")[2].partition("## What to watch")[0].splitlines()
    named = {name for row in rows if row.startswith("| `") for name in FIGURE.findall(row.split("|")[1])}

    assert named == declared_figures()


def test_every_check_of_the_design_is_answered_once() -> None:
    rows = re.findall(r"^\| A(\d+) \|(.*)\|(.*)\|$", CHECKS.read_text(), flags=re.MULTILINE)

    assert [int(number) for number, _, _ in rows] == list(range(1, NUMBER_OF_CHECKS + 1))
    silent = [number for number, _, shown in rows if not TEST.search(shown) and "Missing" not in shown]
    assert silent == [], "name a test, or say what is missing"
