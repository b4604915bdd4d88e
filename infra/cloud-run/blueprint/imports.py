"""Which packages a service really imports: read from the syntax trees of every module that it can reach."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

PRODUCT = "emergence"


@dataclass
class Reached:
    """What can be imported from some roots: our own modules, and other people's with one module that asks for each."""

    modules: set[str] = field(default_factory=set)
    packages: dict[str, str] = field(default_factory=dict)


def reach(source: Path, roots: list[str], left_out: frozenset[str] = frozenset()) -> Reached:
    """Follow every import statement from `roots`, also those inside functions; `source` is the folder of the product.

    Imports for type checkers alone are passed over, and so are modules of `left_out` with all that only they reach.
    Raises ModuleNotFoundError when a root does not exist.
    """
    reached = Reached()
    waiting = list(roots)
    for root in roots:
        if _file_of(source, root) is None:
            raise ModuleNotFoundError(root)
    while waiting:
        name = waiting.pop()
        path = _file_of(source, name)
        if name in reached.modules or path is None or _is_below(name, left_out):
            continue
        reached.modules.add(name)
        waiting += [".".join(name.split(".")[:length]) for length in range(1, name.count(".") + 1)]
        for wanted in _imports_of(path, name):
            if wanted.split(".")[0] == PRODUCT:
                waiting.append(wanted)
            else:
                reached.packages.setdefault(wanted, name)
    return reached


@cache
def _imports_of(path: Path, name: str) -> tuple[str, ...]:
    is_package = path.name == "__init__.py"
    return tuple(_imported(ast.parse(path.read_text()).body, name, is_package=is_package))


def _is_below(name: str, left_out: frozenset[str]) -> bool:
    return any(name == other or name.startswith(other + ".") for other in left_out)


def _file_of(source: Path, name: str) -> Path | None:
    path = source.joinpath(*name.split("."))
    found = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return found if found.is_file() else None


def _imported(nodes: Iterable[ast.AST], module: str, *, is_package: bool) -> Iterator[str]:
    """Yield full names; `from a import b` yields a and a.b, of which one may be no module."""
    for node in nodes:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _imported(node.orelse, module, is_package=is_package)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = _parent(module, node.level, is_package=is_package) if node.level else ""
            base = ".".join(filter(None, [parent, node.module or ""]))
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
        else:
            yield from _imported(ast.iter_child_nodes(node), module, is_package=is_package)


def _parent(module: str, level: int, *, is_package: bool) -> str:
    parts = module.split(".")
    return ".".join(parts[: len(parts) - level + int(is_package)])
