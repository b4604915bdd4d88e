"""Whoever looks at the account of somebody sees nothing of their memory, on any path."""

from uuid import uuid4

from fastapi.routing import APIRoute

from emergence.memory.items.routes import public
from tests.memory.items_at import write
from tests.memory.served_memory import ServedMemory
from tests.session.neighbours import Person

ROUTES = [
    (method, route.path) for route in public.routes if isinstance(route, APIRoute) for method in route.methods or ()
]


async def test_every_route_refuses_an_administrator_who_views_the_account(served: ServedMemory, ada: Person) -> None:
    note = await write(served, ada, "secret diary")
    viewer = Person(user_id=ada.user_id, impersonator_id=uuid4())

    for method, path in ROUTES:
        answer = await served.ask(
            method, path.replace("{item_id}", str(note)).replace("{message_id}", str(note)), viewer
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden_while_impersonating"), (method, path)
    assert len(ROUTES) > 10
