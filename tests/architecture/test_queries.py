"""SQL is written in stores and the kernel's storage only, where the question of whose data it reads is asked."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import PRODUCT, place, product_trees

STATEMENT = re.compile(
    r"\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|WITH\s+\w+\s+AS\s)", re.ASCII
)
# The kernel's own tables; it knows no user.
KERNEL_FOLDERS = ("kernel/storage/", "kernel/events/")


def is_store(path: Path) -> bool:
    """Return whether SQL belongs into this file."""
    inside = path.relative_to(PRODUCT).as_posix()
    return inside.startswith(KERNEL_FOLDERS) or "/store/" in inside or inside.endswith("/store.py")


def statements(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and STATEMENT.match(node.value):
            yield node


def test_sql_lives_in_stores() -> None:
    strays = [place(path, node) for path, tree in product_trees() if not is_store(path) for node in statements(tree)]

    assert strays == [], "move the query into the slice's store: that is where access to personal data is reviewed"


def test_a_stray_query_would_be_noticed() -> None:
    assert list(statements(ast.parse('rows = tx.fetch("""\n  SELECT id FROM users""")')))
