"""What services ask about tokens, sessions and people, and what verifiers that are no part of us ask."""

from tests.routes.declaration import Target, open_to_all, services
from tests.routes.declared.conversations import ANY_SERVICE
from tests.routes.person import Form, Person
from tests.routes.world import World


async def a_token(_: World, person: Person) -> Target:
    return Target(body=Form(token=person.token))


async def a_session(_: World, person: Person) -> Target:
    return Target(body={"session_id": person.session_id, "user_id": person.user_id})


async def who_talked(_: World, person: Person) -> Target:
    await person.talk()
    return Target(path={"user_id": person.user_id})


ROUTES = [
    open_to_all("GET /.well-known/oauth-authorization-server", why="addresses and names of algorithms"),
    open_to_all("GET /api/auth/challenge", why="a puzzle to solve, of nobody"),
    services("POST /api/auth/introspect", a_token, callers=ANY_SERVICE, holds='"active":true'),
    services("POST /api/auth/revoke", a_token, callers=ANY_SERVICE),
    services("GET /api/auth/internal/revocations/stream", callers=ANY_SERVICE),
    services("POST /api/auth/internal/introspect", a_session, callers=ANY_SERVICE, holds='"active":true'),
    services("POST /api/chat/internal/people/{user_id}/export", who_talked, callers=["auth"], holds="ended"),
    services("POST /api/session/internal/people/{user_id}/export", who_talked, callers=["auth"], holds="ended"),
]
