"""Every route says whose it is; one that does not fails here, with what to write."""

import pytest

from tests.routes.declaration import Declaration, declared
from tests.routes.walk import Operation, document, operations, sockets

# The socket is no route with an answer; its own tests are its checks.
SOCKETS = {
    "/ws": "tests/session/test_two_users.py and tests/session/socket/test_open_socket.py",
    "/ws/{session_id}": "tests/session/test_two_users.py and tests/session/socket/test_open_socket.py",
}
# Came in one merge, each with two-user tests of its own in tests/auth; to be declared here too. May only shrink.
NOT_YET = frozenset(
    {
        "DELETE /api/auth/admin/users/{user_id}",
        "DELETE /api/auth/identities/{identity_id}",
        "DELETE /api/auth/me",
        "DELETE /api/auth/passkeys/{passkey_id}",
        "GET /.well-known/oauth-authorization-server",
        "GET /api/auth/admin/audit/export",
        "GET /api/auth/admin/keys",
        "GET /api/auth/admin/users/{user_id}",
        "GET /api/auth/admin/users/{user_id}/export",
        "GET /api/auth/admin/users/{user_id}/export/download",
        "GET /api/auth/challenge",
        "GET /api/auth/email",
        "GET /api/auth/identities",
        "GET /api/auth/internal/revocations/stream",
        "GET /api/auth/me",
        "GET /api/auth/me/export",
        "GET /api/auth/me/export/download",
        "GET /api/auth/oidc/{provider}/callback",
        "GET /api/auth/passkeys",
        "PATCH /api/auth/me",
        "PATCH /api/auth/passkeys/{passkey_id}",
        "POST /api/auth/admin/impersonation/end",
        "POST /api/auth/admin/impersonation/renew",
        "POST /api/auth/admin/keys/rotate",
        "POST /api/auth/admin/users/{user_id}/export",
        "POST /api/auth/admin/users/{user_id}/impersonate",
        "POST /api/auth/admin/users/{user_id}/reset-link",
        "POST /api/auth/admin/users/{user_id}/reset-mfa",
        "POST /api/auth/admin/users/{user_id}/undelete",
        "POST /api/auth/email/change",
        "POST /api/auth/email/confirm",
        "POST /api/auth/email/undo",
        "POST /api/auth/identities",
        "POST /api/auth/internal/introspect",
        "POST /api/auth/introspect",
        "POST /api/auth/magic-link",
        "POST /api/auth/magic-link/login",
        "POST /api/auth/me/export",
        "POST /api/auth/me/undelete",
        "POST /api/auth/oidc/handover",
        "POST /api/auth/oidc/{provider}/backchannel-logout",
        "POST /api/auth/oidc/{provider}/start",
        "POST /api/auth/passkeys/login/begin",
        "POST /api/auth/passkeys/login/finish",
        "POST /api/auth/passkeys/register/begin",
        "POST /api/auth/passkeys/register/finish",
        "POST /api/auth/passkeys/step-up/begin",
        "POST /api/auth/request-password-reset",
        "POST /api/auth/reset-password",
        "POST /api/auth/revoke",
        "POST /api/auth/verify-email",
        "POST /api/auth/verify-email/request",
        "POST /api/chat/internal/people/{user_id}/export",
        "POST /api/session/internal/people/{user_id}/export",
    }
)
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
    known = declared().keys() | NOT_YET
    undeclared = [suggestion(operation) for operation in operations() if operation.route not in known]

    assert not undeclared, "\n\n".join(undeclared)


def test_what_is_declared_or_gone_leaves_the_list_of_debts() -> None:
    assert NOT_YET & declared().keys() == set()
    assert {operation.route for operation in operations()} >= NOT_YET


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
    declaration = declared().get(operation.route)
    if declaration is None:
        pytest.skip("not declared")

    assert operation.asks_for_token is (declaration.guard in ("person", "administrator"))
    assert operation.is_internal is (declaration.guard == "service")
    assert declaration.guard != "open" or declaration.why, "say why it is open"


def test_a_new_route_fails_with_what_to_write() -> None:
    new = Operation("auth", "PUT", "/api/auth/passkeys/{passkey_id}", {"security": [{"access_token": []}]})

    said = suggestion(new)

    assert 'owned("PUT /api/auth/passkeys/{passkey_id}", a_passkey)' in said
    assert 'path={"passkey_id": made["id"]}' in said
    assert not isinstance(declared().get(new.route), Declaration)
