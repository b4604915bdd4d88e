"""What people do with their threads: lists, names, folders, pins, search, deletion."""

from tests.routes.declaration import Target, administrators, own, owned
from tests.routes.person import Person
from tests.routes.world import World

THREADS, FOLDERS = "/api/threads", "/api/threads/folders"


async def a_conversation(_: World, owner: Person) -> Target:
    await owner.talk()
    return Target()


async def a_thread(_: World, owner: Person) -> Target:
    return Target(path={"thread_id": await owner.talk()})


async def a_new_name(_: World, owner: Person) -> Target:
    return Target(path={"thread_id": await owner.talk()}, body={"title": f"Renamed {owner.mark}"})


async def a_deleted_thread(_: World, owner: Person) -> Target:
    thread = await owner.talk()
    assert (await owner.ask("DELETE", f"{THREADS}/{thread}")).status_code == 200
    return Target(path={"thread_id": thread})


async def a_thread_among_the_deleted(world: World, owner: Person) -> Target:
    await a_deleted_thread(world, owner)
    return Target()


async def something_said(_: World, owner: Person) -> Target:
    await owner.talk()
    return Target(query={"q": "remember"})


async def a_name(_: World, owner: Person) -> Target:
    return Target(body={"title": f"Named {owner.mark}"})


async def a_pinned_thread(_: World, owner: Person) -> Target:
    thread = await owner.talk()
    assert (await owner.ask("PATCH", f"{THREADS}/{thread}", {"pinned": True})).status_code == 200
    return Target(body={"threads": [thread]})


async def made_folder(owner: Person) -> str:
    made = await owner.ask("POST", FOLDERS, {"name": f"Folder {owner.mark}"})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def a_folder(_: World, owner: Person) -> Target:
    return Target(path={"folder_id": await made_folder(owner)})


async def a_folder_and_its_name(_: World, owner: Person) -> Target:
    return Target(path={"folder_id": await made_folder(owner)}, body={"name": f"Shelf {owner.mark}"})


async def some_folders(_: World, owner: Person) -> Target:
    return Target(body={"folders": [await made_folder(owner)]})


async def a_folder_name(_: World, owner: Person) -> Target:
    return Target(body={"name": f"New {owner.mark}"})


async def a_folder_in_the_list(_: World, owner: Person) -> Target:
    await made_folder(owner)
    return Target()


ROUTES = [
    own("GET /api/threads", a_conversation),
    own("POST /api/threads", a_name),
    own("GET /api/threads/search", something_said),
    own("GET /api/threads/retention", shows_own=False),
    own("GET /api/threads/retention/preview", shows_own=False),
    administrators("GET /api/threads/retention/deployment"),
    own("PUT /api/threads/pins/order", a_pinned_thread),
    owned("PATCH /api/threads/{thread_id}", a_new_name, shows_own=True),
    owned("DELETE /api/threads/{thread_id}", a_thread, shows_own=True),
    own("GET /api/threads/deleted", a_thread_among_the_deleted),
    owned("DELETE /api/threads/deleted/{thread_id}", a_deleted_thread),
    owned("POST /api/threads/{thread_id}/restore", a_deleted_thread, shows_own=True),
    own("GET /api/threads/folders", a_folder_in_the_list),
    own("POST /api/threads/folders", a_folder_name),
    own("PUT /api/threads/folders/order", some_folders),
    owned("PATCH /api/threads/folders/{folder_id}", a_folder_and_its_name, shows_own=True),
    owned("DELETE /api/threads/folders/{folder_id}", a_folder),
]
