"""What every route says of itself for the generated checks: whose it is, and how to ask for it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Literal
from uuid import uuid4

from tests.routes.person import Form, Person
from tests.routes.world import World

Guard = Literal["open", "person", "administrator", "service"]
FOLDER = Path(__file__).parent / "declared"
FINE = frozenset({200, 201, 202, 204})
NOT_YOURS = frozenset({403, 404})


@dataclass(frozen=True, slots=True)
class Target:
    """How to ask a route for something: what stands in its path, its query, its body."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: object = None

    def url(self, template: str) -> str:
        """Return the path with its names filled in. Raises KeyError for one that is not."""
        return template.format_map(self.path)

    def adding(self, **members: object) -> "Target":
        """Return this with more members in its body, without a query."""
        body = self.body if isinstance(self.body, dict) else {}
        added = {**body, **members}
        return Target(self.path, {}, Form(added) if isinstance(body, Form) else added)

    def invented(self) -> "Target":
        """Return this with ids in the path that nobody ever had."""
        return Target({name: str(uuid4()) for name in self.path}, self.query, self.body)

    def names(self, text: str) -> bool:
        """Return whether whoever asks this has said `text` themselves."""
        return text in f"{dict(self.path)} {dict(self.query)} {self.body}"


Make = Callable[[World, Person], Awaitable[Target]]


async def nothing(_: World, __: Person) -> Target:
    """Ask with nothing but the credential."""
    return Target()


@dataclass(frozen=True, slots=True)
class Declaration:
    """One route, as the generated checks need to know it.

    `make` makes, for a person, what the route is about and says how to ask for it. `is_owned`: the
    path or body names a thing of one person. `answers` is what the rightful caller gets; `stranger` what
    anybody else gets for it. `shows_own`: the rightful answer holds something of the caller's. `holds`: a text
    that tells the rightful answer from others of the same status. `by_servers`: no page of ours asks for it.
    `is_over_twice`: it only ends what asks, and says so to what has ended before, too.
    """

    route: str
    guard: Guard
    make: Make = nothing
    answers: frozenset[int] = FINE
    stranger: frozenset[int] = NOT_YOURS
    is_owned: bool = False
    shows_own: bool = False
    holds: str = ""
    by_servers: bool = False
    is_over_twice: bool = False
    why: str = ""
    callers: Sequence[str] = ()


def open_to_all(
    route: str,
    *,
    why: str,
    make: Make = nothing,
    answers: frozenset[int] | None = None,
    holds: str = "",
    by_servers: bool = False,
) -> Declaration:
    """A route that asks for no access token; `why` says what protects it, or why nothing must."""
    return Declaration(route, "open", make, answers or FINE, why=why, holds=holds, by_servers=by_servers)


def own(
    route: str, make: Make = nothing, *, shows_own: bool = True, holds: str = "", is_over_twice: bool = False
) -> Declaration:
    """A route about the caller, without any id in it: a list of theirs, or an act on their own account."""
    return Declaration(route, "person", make, shows_own=shows_own, holds=holds, is_over_twice=is_over_twice)


def owned(route: str, make: Make, *, shows_own: bool = False, stranger: frozenset[int] | None = None) -> Declaration:
    """A route about one thing of one person; to everybody else there is no such thing."""
    return Declaration(route, "person", make, FINE, stranger or frozenset({404}), is_owned=True, shows_own=shows_own)


def administrators(route: str, make: Make = nothing, *, holds: str = "") -> Declaration:
    """A route for administrators only; `make` gets the administrator and makes whom or what it is about."""
    return Declaration(route, "administrator", make, holds=holds)


def services(route: str, make: Make = nothing, *, callers: Sequence[str], holds: str = "") -> Declaration:
    """A route for services; `callers` are those that may ask, others of ours are refused (403).

    Those whose path is not internal are reached through the gateway too, by verifiers that are no part of us.
    """
    return Declaration(route, "service", make, callers=callers, holds=holds)


def declared() -> dict[str, Declaration]:
    """Return every declaration of every file in `declared/`, by route. Raises AssertionError for one made twice."""
    found: dict[str, Declaration] = {}
    for file in sorted(FOLDER.glob("*.py")):
        for declaration in import_module(f"tests.routes.declared.{file.stem}").ROUTES:
            assert declaration.route not in found, f"{declaration.route} is declared twice"
            found[declaration.route] = declaration
    return found
