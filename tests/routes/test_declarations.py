"""Every route says whose it is; one that does not fails here, with what to write."""

import pytest

from tests.routes.declaration import Declaration, declared
from tests.routes.walk import Operation, document, operations, sockets

# The socket is no route with an answer; its own tests are its checks.
SOCKETS = {
    "/ws": "tests/session/test_two_users.py and tests/session/socket/test_open_socket.py",
    "/ws/{session_id}": "tests/session/test_two_users.py and tests/session/socket/test_open_socket.py",
}
HOW = """{route} has no declaration, so nobody checks who may use it. Add it to ROUTES of a file in
tests/routes/declared/ (any file name; all are read):

    {line}

    async def {make}(world: World, owner: Person) -> Target:
        \"\"\"Make what the route is about, over other routes, and say how to ask for it.\"\"\"
        made = await owner.ask("POST", "/api/...", {{...}})
        return Target(path={{{names}}}, query={{}}, body={{...}})

Kinds: own(route, make) for the caller's own list or act; owned(route, make) where an id names a thing of one person
(others get 404); administrators(route, make); services(route, make, callers=["session"]);
open_to_all(route, why="..."). `make` may be left out where the credential alone is
enough. See tests/routes/declaration.py."""


def suggestion(operation: Operation) -> str:
    """Return what to write for a route that nobody declared."""
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    make = f"a_{names[-1].removesuffix('_id')}" if names else "make"
    if operation.is_internal:
        line = f'services("{operation.route}", {make}, callers=["..."])'
    elif "/admin/" in operation.path:
        line = f'administrators("{operation.route}", {make})'
    elif not operation.asks_for_token:
        line = f'open_to_all("{operation.route}", why="...")'
    else:
        line = f'{"owned" if names else "own"}("{operation.route}", {make})'
    members = ", ".join(f'"{name}": made["id"]' for name in names)
    return HOW.format(route=operation.route, line=line, make=make, names=members)


def test_every_route_is_declared() -> None:
    undeclared = [suggestion(operation) for operation in operations() if operation.route not in declared()]

    assert not undeclared, "\n\n".join(undeclared)


def test_every_declaration_has_a_route() -> None:
    gone = declared().keys() - {operation.route for operation in operations()}

    assert not gone, f"remove from tests/routes/declared/: {sorted(gone)}"


def test_the_published_document_holds_nothing_that_the_walk_misses() -> None:
    published = {f"{method.upper()} {path}" for path, methods in document()["paths"].items() for method in methods}

    assert published <= {operation.route for operation in operations()}
    assert len(published) > 30


def test_every_socket_is_declared() -> None:
    assert set(sockets()) == set(SOCKETS), "say in SOCKETS which test shows that nobody hears what is another's"


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.route)
def test_the_document_asks_for_a_token_where_the_declaration_does(operation: Operation) -> None:
    declaration = declared()[operation.route]

    assert operation.asks_for_token is (declaration.guard in ("person", "administrator"))
    assert declaration.guard == "service" or not operation.is_internal
    assert declaration.guard != "open" or declaration.why, "say why it is open"


def test_a_new_route_fails_with_what_to_write() -> None:
    new = Operation("auth", "PUT", "/api/auth/passkeys/{passkey_id}", {"security": [{"access_token": []}]})

    said = suggestion(new)

    assert 'owned("PUT /api/auth/passkeys/{passkey_id}", a_passkey)' in said
    assert 'path={"passkey_id": made["id"]}' in said
    assert not isinstance(declared().get(new.route), Declaration)
