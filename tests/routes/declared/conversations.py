"""Threads and messages, and what chat offers to everybody and to its neighbours."""

from uuid import uuid4

from tests.routes.declaration import Target, administrators, own, owned, services
from tests.routes.person import Person
from tests.routes.world import World

ANY_SERVICE = ("auth", "chat", "session", "gateway")


async def a_thread(_: World, owner: Person) -> Target:
    return Target(path={"thread_id": await owner.talk()})


async def the_address_in_use(world: World, _: Person) -> Target:
    body = {"base_url": world.models_url, "model": "gpt-6.1-sol"}
    return Target(path={"provider": "openai_compatible"}, body=body)


async def no_key(_: World, __: Person) -> Target:
    return Target(path={"provider": "anthropic"})


async def a_question(_: World, person: Person) -> Target:
    ids = {"run_id": str(uuid4()), "thread_id": str(uuid4()), "user_id": person.user_id}
    turns = [{"role": "user", "text": "Where does the river end?"}]
    return Target(body=ids | {"agent": "anima", "language": "en", "turns": turns})


ROUTES = [
    owned("GET /api/threads/{thread_id}", a_thread, shows_own=True),
    owned("GET /api/threads/{thread_id}/messages", a_thread, shows_own=True),
    own("GET /api/agents", shows_own=False),
    own("GET /api/models", shows_own=False),
    administrators("PUT /api/models/{provider}", the_address_in_use),
    administrators("DELETE /api/models/{provider}", no_key),
    services("GET /api/chat/internal/agents", callers=ANY_SERVICE),
    services("POST /api/chat/internal/reply", a_question, callers=ANY_SERVICE),
]
