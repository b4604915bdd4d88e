"""Whoever looks at somebody's account changes nothing there, takes no copy of it and administers nothing (A31)."""

import pytest

from emergence.auth.request_parts import OPEN_WHILE_IMPERSONATING
from emergence.contracts.auth.values import Role
from tests.routes.asking import ask_with, declaration_of, guarded, named
from tests.routes.declaration import Target
from tests.routes.person import Person
from tests.routes.rows import every_row, rows_with
from tests.routes.walk import STATE_CHANGING, Operation
from tests.routes.world import World

COPIES = frozenset({"GET /api/auth/me/export/download"})
FOR_THEMSELVES = [
    operation
    for operation in guarded("open", "person")
    if not declaration_of(operation).by_servers  # which nobody asks in a person's name
    if operation.route in COPIES
    or (operation.method in STATE_CHANGING and operation.path not in OPEN_WHILE_IMPERSONATING)
]
SESSION = next(each for each in guarded("person") if each.route == "GET /api/auth/session")
ADMINISTRATIVE = [each for each in guarded("administrator") if each.path not in OPEN_WHILE_IMPERSONATING]


async def look_at(world: World, person: Person) -> str:
    """Return the token with which an administrator looks at somebody."""
    path = f"/api/auth/admin/users/{person.user_id}/impersonate"
    begun = await (await world.admin()).ask("POST", path, {"reason": "cannot find a thread"})
    assert begun.status_code == 200, begun.text
    return str(begun.json()["access_token"])


@pytest.mark.parametrize("operation", FOR_THEMSELVES, ids=named)
async def test_nothing_is_done_in_the_name_of_who_is_looked_at(world: World, operation: Operation) -> None:
    person = await world.person()
    token = await look_at(world, person)
    target = await declaration_of(operation).make(world, person)
    await world.settled()
    before = rows_with(await every_row(world.database_url), [person.user_id, person.mark])

    answer = await ask_with(world, operation, target, f"Bearer {token}")

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden_while_impersonating")
    assert rows_with(await every_row(world.database_url), [person.user_id, person.mark]) == before


@pytest.mark.parametrize("operation", ADMINISTRATIVE, ids=named)
async def test_who_looks_at_a_member_administers_nothing(world: World, operation: Operation) -> None:
    token = await look_at(world, await world.person())
    target = await declaration_of(operation).make(world, await world.person(Role.ADMIN))

    answer = await ask_with(world, operation, target, f"Bearer {token}")

    assert (answer.status_code, answer.json()["code"]) in ((403, "forbidden"), (403, "forbidden_while_impersonating"))
    seen = await ask_with(world, SESSION, Target(), f"Bearer {token}")
    assert seen.status_code == 200, "the token that was refused must be a good one"
