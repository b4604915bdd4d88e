"""What agents remember of a person: what is kept of what they said, forgetting it, and where it comes from."""

import asyncio
from uuid import uuid4

from emergence.contracts.memory.client import ASKER
from emergence.contracts.personal_data import EXPORTER
from emergence.contracts.session.said import READER
from tests.routes.declaration import Target, own, owned, services
from tests.routes.person import PATIENCE_S, Person
from tests.routes.world import World

TURNS = "/api/memory/turns"
ITEMS = "/api/memory/items"


async def what_was_said(person: Person) -> str:
    """Talk, and return the person's own message as soon as it is remembered."""
    thread = await person.talk()
    page = (await person.ask("GET", f"/api/threads/{thread}/messages")).json()
    message = str(page["messages"][0]["id"])
    async with asyncio.timeout(PATIENCE_S):
        while not await is_kept(person, message):  # noqa: ASYNC110 - other tasks do it
            await asyncio.sleep(0.05)
    return message


async def is_kept(person: Person, message: str) -> bool:
    kept = await person.ask("GET", TURNS, query={"id": message})
    assert kept.status_code == 200, kept.text
    return bool(kept.json()["turns"])


async def some_turns(_: World, owner: Person) -> Target:
    return Target(query={"id": await what_was_said(owner)})


async def a_turn(_: World, owner: Person) -> Target:
    return Target(path={"message_id": await what_was_said(owner)})


async def an_item(_: World, owner: Person) -> Target:
    written = await owner.ask("POST", ITEMS, body={"text": f"The note of {owner.mark}."})
    assert written.status_code == 201, written.text
    return Target(path={"item_id": written.json()["id"]})


async def a_changed_item(world: World, owner: Person) -> Target:
    return (await an_item(world, owner)).adding(text=f"The other note of {owner.mark}.", pinned=True)


async def some_items(world: World, owner: Person) -> Target:
    await an_item(world, owner)
    return Target()


async def words_of_an_item(world: World, owner: Person) -> Target:
    await an_item(world, owner)
    return Target(query={"q": "note"})


async def something_to_write(_: World, owner: Person) -> Target:
    return Target(body={"text": f"Written by {owner.mark}."})


async def something_to_forget(world: World, owner: Person) -> Target:
    item = (await an_item(world, owner)).path["item_id"]
    return Target(body={"items": [item], "turns": [await what_was_said(owner)]})


async def a_subject(world: World, owner: Person) -> Target:
    await an_item(world, owner)
    return Target(body={"about": "note"})


async def choices(_: World, __: Person) -> Target:
    return Target(body={"remembers": True, "hints": False})


async def a_question(world: World, _: Person) -> Target:
    person = await world.person()
    await what_was_said(person)
    body = {
        "user_id": person.user_id,
        "query": f"What of {person.mark}?",
        "limit": 5,
        "token_budget": 500,
        "patience_s": 5,
    }
    return Target(body=body)


async def an_answer(world: World, _: Person) -> Target:
    person = await world.person()
    used = {"id": await what_was_said(person), "why": {}}
    body = {"user_id": person.user_id, "run_id": str(uuid4()), "thread_id": str(uuid4()), "used": [used]}
    return Target(body=body)


async def somebody_who_said_something(world: World, _: Person) -> Target:
    person = await world.person()
    await what_was_said(person)
    return Target(path={"user_id": person.user_id})


async def a_thread_to_read(world: World, _: Person) -> Target:
    person = await world.person()
    return Target(body={"user_id": person.user_id, "thread_id": await person.talk()})


async def anything_said(world: World, _: Person) -> Target:
    await (await world.person()).talk()
    return Target()


ROUTES = [
    own(f"GET {TURNS}", some_turns, holds='"text":'),
    owned(f"DELETE {TURNS}/{{message_id}}", a_turn),
    own("GET /api/memory/state", some_items, shows_own=False, holds='"finds_by_meaning":'),
    own("PUT /api/memory/choices", choices, shows_own=False, holds='"hints":false'),
    own(f"GET {ITEMS}", some_items),
    own(f"POST {ITEMS}", something_to_write),
    owned(f"GET {ITEMS}/{{item_id}}", an_item, shows_own=True),
    owned(f"PATCH {ITEMS}/{{item_id}}", a_changed_item, shows_own=True),
    owned(f"DELETE {ITEMS}/{{item_id}}", an_item),
    own("GET /api/memory/search", words_of_an_item),
    own("POST /api/memory/forget/preview", a_subject),
    own("POST /api/memory/forget", something_to_forget, shows_own=False, holds='"turns":'),
    own("GET /api/memory/export", some_items),
    services("POST /api/memory/internal/recall", a_question, callers=[ASKER], holds='"said_at":'),
    services("POST /api/memory/internal/uses", an_answer, callers=[ASKER], holds='"new":1'),
    services(
        "POST /api/memory/internal/people/{user_id}/export",
        somebody_who_said_something,
        callers=[EXPORTER],
        holds='"turns"',
    ),
    services("GET /api/session/internal/said", anything_said, callers=[READER], holds='"message_id":'),
    services("POST /api/session/internal/said", a_thread_to_read, callers=[READER], holds="Remember"),
]
