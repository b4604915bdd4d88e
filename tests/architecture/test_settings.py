"""Every declared variable is read, every variable that is read is declared, and only settings read them."""

import ast
from collections.abc import Iterator

from emergence.composition import every_settings_class
from tests.architecture.sources import PRODUCT, place, product_trees

# Who may look at the process's environment; everybody else is handed a mapping.
READERS = ("commands/", "command_line.py")
# Not ours to declare: what the operating system or the platform says.
OF_THE_SYSTEM = frozenset({"LANG", "LC_ALL", "LC_MESSAGES", "PATH", "HOME", "NO_COLOR", "TERM", "TZ"})


def declared() -> set[str]:
    """Return the name of every variable of every settings class."""
    return {name for kind in every_settings_class() for name in kind.variables()}


def attributes_read() -> set[str]:
    """Return every attribute name that the product reads anywhere."""
    return {
        node.attr
        for _, tree in product_trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }


def literal_reads() -> Iterator[tuple[str, str]]:
    """Yield each `environ["NAME"]` and `environ.get("NAME")` as place and name."""
    for path, tree in product_trees():
        for node in ast.walk(tree):
            match node:
                case (
                    ast.Subscript(value=container, slice=ast.Constant(value=str(name)), ctx=ast.Load())
                    | ast.Call(
                        func=ast.Attribute(value=container, attr="get" | "pop"),
                        args=[ast.Constant(value=str(name)), *_],
                    )
                ) if ast.unparse(container).endswith("environ"):
                    yield place(path, node), name


def test_every_declared_variable_is_read() -> None:
    # A service's own database address is read under a computed name, by service_database_url.
    names = {name.lower() for name in declared() if not name.endswith("_DATABASE_URL")}

    unread = names - attributes_read() - {name.lower() for _, name in literal_reads()}

    assert unread == set(), "a variable that nobody reads promises what it does not do; read it or remove it"


def test_every_variable_that_is_read_is_declared() -> None:
    undeclared = [f"{where}: {name}" for where, name in literal_reads() if name not in declared() | OF_THE_SYSTEM]

    assert undeclared == [], "declare it in a settings class, with unit, default and reason"


def test_every_variable_says_what_it_means() -> None:
    silent = [
        name for kind in every_settings_class() for name, field in kind.variables().items() if not field.description
    ]

    assert silent == []


def test_only_commands_look_at_the_environment_of_the_process() -> None:
    looking = [
        place(path, node)
        for path, tree in product_trees()
        if not place(path).removeprefix(f"{place(PRODUCT)}/").startswith(READERS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.getenv", "os.environb")
    ]

    assert looking == [], "take the mapping as an argument: a test or a second process then chooses it"
