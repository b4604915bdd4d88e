"""Threads and messages, and what chat offers to everybody and to its neighbours."""

from uuid import uuid4

from emergence.contracts.consolidation import CONSOLIDATOR
from tests.routes.declaration import Target, administrators, own, owned, services
from tests.routes.person import Person
from tests.routes.world import World

ANY_SERVICE = ("auth", "chat", "memory", "session", "gateway")


async def a_thread(_: World, owner: Person) -> Target:
    return Target(path={"thread_id": await owner.talk()})


async def a_live_session(_: World, owner: Person) -> Target:
    return Target(path={"session_id": await owner.live_session()})


async def a_command(_: World, owner: Person) -> Target:
    """Say that one is still there: the command that changes nothing that the checks compare."""
    body = {"cmd": "session.extend", "cid": str(uuid4())}
    return Target(path={"session_id": await owner.live_session()}, body=body)


async def the_address_in_use(world: World, _: Person) -> Target:
    body = {"base_url": world.models_url, "model": "gpt-6.1-sol"}
    return Target(path={"provider": "openai_compatible"}, body=body)


async def no_key(_: World, __: Person) -> Target:
    return Target(path={"provider": "anthropic"})


async def a_question(_: World, person: Person) -> Target:
    ids = {"run_id": str(uuid4()), "thread_id": str(uuid4()), "user_id": person.user_id}
    turns = [{"role": "user", "text": "Where does the river end?"}]
    return Target(body=ids | {"agent": "anima", "language": "en", "turns": turns})


STATEMENTS = {"statements": [{"said_at": "2026-03-04T12:00:00Z", "text": "The river ends in the sea."}]}


async def statements_to_read(_: World, __: Person) -> Target:
    return Target(body=STATEMENTS)


async def a_thread_to_read(_: World, person: Person) -> Target:
    ids = {"run_id": str(uuid4()), "thread_id": str(uuid4()), "user_id": person.user_id}
    return Target(body=STATEMENTS | ids | {"most_usd": "1"})


ROUTES = [
    owned("GET /api/threads/{thread_id}", a_thread, shows_own=True),
    owned("GET /api/threads/{thread_id}/messages", a_thread, shows_own=True),
    own("GET /api/sessions/events", shows_own=False),
    # Another's live session is no error: it is replaced by a new one, as on the socket.
    own("GET /api/sessions/{session_id}/events", a_live_session, shows_own=False),
    owned("POST /api/sessions/{session_id}/commands", a_command),
    own("GET /api/agents", shows_own=False),
    own("GET /api/models", shows_own=False),
    administrators("PUT /api/models/{provider}", the_address_in_use),
    administrators("DELETE /api/models/{provider}", no_key),
    services("GET /api/chat/internal/agents", callers=ANY_SERVICE),
    services("POST /api/chat/internal/consolidations", a_thread_to_read, callers=[CONSOLIDATOR], holds='"usage":'),
    services(
        "POST /api/chat/internal/consolidations/estimate",
        statements_to_read,
        callers=[CONSOLIDATOR],
        holds='"cost_usd":',
    ),
    services("POST /api/chat/internal/reply", a_question, callers=ANY_SERVICE),
]
