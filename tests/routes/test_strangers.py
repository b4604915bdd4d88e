"""Two people at every route: neither reads, changes or ends anything of the other's (A5)."""

import pytest

from tests.routes.asking import ask_as, ask_with, declaration_of, given_away, guarded, named
from tests.routes.declaration import Target
from tests.routes.person import Person
from tests.routes.rows import every_row, rows_with
from tests.routes.walk import Operation
from tests.routes.world import World

ANYBODYS = guarded("open", "person", owned=False)
SOMEBODYS = guarded("person", owned=True)


async def things_of(world: World, person: Person) -> dict[str, list[str]]:
    """Return every row that is about a person, as it is stored once nothing is under way."""
    await world.settled()
    return rows_with(await every_row(world.database_url), person.traces())


async def somebody_with_things(world: World) -> Person:
    person = await world.person()
    await person.talk()
    return person


@pytest.mark.parametrize("operation", guarded("person"), ids=named)
async def test_nobody_gets_in_without_a_token(world: World, operation: Operation) -> None:
    owner = await world.person()
    target = await declaration_of(operation).make(world, owner)
    before = await things_of(world, owner)

    answer = await ask_with(world, operation, target, None)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert await things_of(world, owner) == before


@pytest.mark.parametrize("operation", SOMEBODYS, ids=named)
async def test_a_thing_of_somebody_else_does_not_exist(world: World, operation: Operation) -> None:
    declaration = declaration_of(operation)
    owner, stranger = await world.person(), await world.person()
    target = await declaration.make(world, owner)
    before = await things_of(world, owner)

    refused = await ask_as(stranger, operation, target)
    invented = await ask_as(stranger, operation, target.invented())

    assert refused.status_code in declaration.stranger, refused.text
    assert given_away(refused, owner.traces(), target) == []
    assert (refused.status_code, refused.json()["code"]) == (invented.status_code, invented.json()["code"])
    assert await things_of(world, owner) == before
    own = await ask_as(owner, operation, target)
    assert own.status_code in declaration.answers, f"the owner got {own.status_code}: {own.text}"
    assert not declaration.shows_own or given_away(own, owner.traces(), Target())


@pytest.mark.parametrize("operation", ANYBODYS, ids=named)
async def test_a_route_about_oneself_holds_and_changes_nothing_of_others(world: World, operation: Operation) -> None:
    declaration = declaration_of(operation)
    owner, stranger = await somebody_with_things(world), await world.person()
    ids = {"user_id": owner.user_id, "session_id": owner.session_id, "id": owner.session_id, "owner": owner.user_id}
    target = await declaration.make(world, stranger)
    before = await things_of(world, owner)

    by_query = await ask_as(stranger, operation, Target(target.path, {**target.query, **ids}, target.body))
    by_body = await ask_as(stranger, operation, target.adding(**ids))

    asked = Target(body=ids)
    assert given_away(by_query, owner.traces(), asked) + given_away(by_body, owner.traces(), asked) == []
    assert await things_of(world, owner) == before
    assert (await owner.ask("GET", "/api/auth/session")).json()["user_id"] == owner.user_id


@pytest.mark.parametrize("operation", ANYBODYS, ids=named)
async def test_the_rightful_caller_is_answered(world: World, operation: Operation) -> None:
    """Without this the tests above would be content with a route that refuses everybody."""
    declaration = declaration_of(operation)
    caller = await world.person()
    target = await declaration.make(world, caller)

    answer = await ask_as(caller, operation, target)

    assert answer.status_code in declaration.answers, f"{answer.status_code}: {answer.text}"
    assert declaration.holds in f"{answer.text} {dict(answer.headers)}"
    if declaration.shows_own:
        assert given_away(answer, caller.traces(), Target()), f"nothing of the caller's in {answer.text}"
