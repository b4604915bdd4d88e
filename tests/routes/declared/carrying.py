"""Conversations that leave as files, come in as files, and are shown by links."""

from datetime import UTC, datetime
from uuid import uuid4

from tests.routes.declaration import Target, open_to_all, own, owned
from tests.routes.person import Person
from tests.routes.world import World

THREADS = "/api/threads"


async def a_thread(_: World, owner: Person) -> Target:
    return Target(path={"thread_id": await owner.talk()})


async def a_conversation(_: World, owner: Person) -> Target:
    await owner.talk()
    return Target()


async def a_thread_to_share(_: World, owner: Person) -> Target:
    return Target(path={"thread_id": await owner.talk()}, body={"author": f"By {owner.mark}"})


async def made_share(owner: Person) -> dict[str, str]:
    made = await owner.ask("POST", f"{THREADS}/{await owner.talk()}/share", {})
    assert made.status_code == 201, made.text
    return {"share_id": made.json()["share"]["id"], "token": made.json()["token"]}


async def a_share(_: World, owner: Person) -> Target:
    return Target(path={"share_id": (await made_share(owner))["share_id"]})


async def a_share_in_the_list(_: World, owner: Person) -> Target:
    await made_share(owner)
    return Target()


async def a_token(_: World, owner: Person) -> Target:
    return Target(body={"token": (await made_share(owner))["token"]})


def a_file(owner: Person) -> dict[str, object]:
    at = datetime.now(UTC).isoformat()
    said = {"id": str(uuid4()), "turn": 0, "slot": 0, "role": "user", "status": "complete", "created_at": at}
    thread = {"title": owner.mark, "agent": "anima", "created_at": at, "updated_at": at}
    return {
        "format": "emergence.thread",
        "version": 1,
        "exported_at": at,
        "thread": thread,
        "messages": [said | {"parts": [{"kind": "text", "text": f"Remember {owner.mark}"}]}],
    }


async def a_file_to_import(_: World, owner: Person) -> Target:
    return Target(body=a_file(owner))


async def an_import(_: World, owner: Person) -> Target:
    begun = await owner.ask("POST", f"{THREADS}/import", a_file(owner))
    assert begun.status_code == 202, begun.text
    return Target(path={"import_id": begun.json()["id"]})


async def somebodys_token(world: World, _: Person) -> Target:
    return Target(body={"token": (await made_share(await world.person()))["token"]})


ROUTES = [
    own("GET /api/threads/export", a_conversation, shows_own=False),  # as a compressed archive
    owned("GET /api/threads/{thread_id}/export", a_thread, shows_own=True),
    own("POST /api/threads/import", a_file_to_import, shows_own=False),
    own("GET /api/threads/imports", shows_own=False),
    owned("GET /api/threads/imports/{import_id}", an_import),
    own("GET /api/threads/shares", a_share_in_the_list),
    owned("POST /api/threads/{thread_id}/share", a_thread_to_share, shows_own=True),
    owned("POST /api/threads/shares/{share_id}/update", a_share, shows_own=True),
    owned("DELETE /api/threads/shares/{share_id}", a_share),
    own("POST /api/shared/copy", somebodys_token, shows_own=False),
    open_to_all(
        "POST /api/shared",
        why="whoever has the token of 256 bits was given it; reads are limited by network",
        make=a_token,
        holds="messages",
    ),
]
