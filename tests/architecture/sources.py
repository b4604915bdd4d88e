"""The repository as data: its files, and the syntax trees of its Python."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ROOT / "src" / "emergence"
TEXT_SUFFIXES = frozenset(
    {".py", ".md", ".toml", ".txt", ".sh", ".sql", ".ts", ".tsx", ".mjs", ".json", ".css", ".html", ""}
)


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return every file that is committed or about to be, outside ignored folders."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def tracked_below(folder: str, *suffixes: str) -> list[Path]:
    """Return the tracked files of one top-level folder that have one of the suffixes."""
    return [path for path in tracked_files() if path.is_relative_to(ROOT / folder) and path.suffix in suffixes]


def product_trees() -> Iterator[tuple[Path, ast.Module]]:
    """Yield each Python file of the product with its syntax tree."""
    for path in tracked_below("src", ".py"):
        yield path, parsed(path)


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(), filename=str(path))


def place(path: Path, node: ast.AST | None = None) -> str:
    """Return `path:line` as editors understand it."""
    line = getattr(node, "lineno", None)
    return str(path.relative_to(ROOT)) + (f":{line}" if line else "")
