"""Python imports this at its start: it then finds no package but those of the lock that ONLY_LOCKED names.

So a process of this environment is one that was installed from that lock, without installing anything.
"""

import os
import re
import sys
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType

OURS = {"emergence"}


def hidden_modules(lock: str) -> set[str]:
    """Return the top-level modules that only packages outside of a lock have."""
    locked = {canonical(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)} | OURS
    found = packages_distributions()
    return {module for module, owners in found.items() if not locked & {canonical(owner) for owner in owners}}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


class OnlyLocked:
    """A finder in the place of Python's own, which passes over what is hidden."""

    def __init__(self, hidden: Iterable[str]) -> None:
        self._hidden = frozenset(hidden)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return None if name.partition(".")[0] in self._hidden else PathFinder.find_spec(name, path, target)

    find_distributions = staticmethod(PathFinder.find_distributions)
    invalidate_caches = staticmethod(PathFinder.invalidate_caches)


if "ONLY_LOCKED" in os.environ:
    finder = OnlyLocked(hidden_modules(Path(os.environ["ONLY_LOCKED"]).read_text()))
    sys.meta_path[:] = [finder if each is PathFinder else each for each in sys.meta_path]
