"""Personal data: the profile, an export of everything, the end of an account; one's own and as an administrator."""

from emergence.auth.export.collect_exports import collect_due_exports
from tests.routes.declaration import Target, administrators, open_to_all, own
from tests.routes.person import PASSWORD, Person
from tests.routes.world import World

MINE, OF_PEOPLE = "/api/auth/me", "/api/auth/admin/users"
WHY = {"reason": "they asked for their data"}


async def another_language(_: World, __: Person) -> Target:
    return Target(body={"language": "fr"})


async def collected(world: World, person: Person, path: str, body: dict[str, str] | None = None) -> None:
    """Ask for an export, and have it collected now and not in two seconds."""
    asked = await person.ask("POST", path, body)
    assert asked.status_code == 202, asked.text
    while (await person.ask("GET", path)).json()["export"]["state"] != "ready":
        await collect_due_exports(world.auth)


async def an_export(world: World, person: Person) -> Target:
    await collected(world, person, f"{MINE}/export")
    return Target()


async def an_offer_to_stay(_: World, person: Person) -> Target:
    assert (await person.ask("DELETE", MINE)).status_code == 202
    refused = await person.browser.post("/api/auth/login", json={"email": person.email, "password": PASSWORD})
    assert refused.json()["code"] == "deletion_pending", refused.text
    return Target(body={"undo_token": refused.json()["undo_token"]})


async def somebody(world: World, _: Person) -> Target:
    return Target(path={"user_id": (await world.person()).user_id})


async def somebody_to_export(world: World, _: Person) -> Target:
    return Target(path={"user_id": (await world.person()).user_id}, body=WHY)


async def an_export_of_somebody(world: World, administrator: Person) -> Target:
    target = await somebody(world, administrator)
    await collected(world, administrator, f"{OF_PEOPLE}/{target.path['user_id']}/export", WHY)
    return target


async def somebody_who_is_deleted(world: World, administrator: Person) -> Target:
    target = await somebody(world, administrator)
    deleted = await administrator.ask("DELETE", f"{OF_PEOPLE}/{target.path['user_id']}")
    assert deleted.status_code == 202, deleted.text
    return target


ROUTES = [
    own(f"GET {MINE}"),
    own(f"PATCH {MINE}", another_language),
    own(f"DELETE {MINE}", shows_own=False, holds="due_at"),
    open_to_all(
        f"POST {MINE}/undelete",
        make=an_offer_to_stay,
        why="asks for the token that a complete sign-in was refused with",
    ),
    own(f"GET {MINE}/export", an_export, shows_own=False, holds='"state":"ready"'),
    own(f"POST {MINE}/export", shows_own=False, holds='"state":"waiting"'),
    own(f"GET {MINE}/export/download", an_export, shows_own=False, holds="emergence-export-"),
    administrators(f"DELETE {OF_PEOPLE}/{{user_id}}", somebody, holds="due_at"),
    administrators(f"POST {OF_PEOPLE}/{{user_id}}/undelete", somebody_who_is_deleted),
    administrators(f"GET {OF_PEOPLE}/{{user_id}}/export", an_export_of_somebody, holds='"state":"ready"'),
    administrators(f"POST {OF_PEOPLE}/{{user_id}}/export", somebody_to_export, holds='"state":"waiting"'),
    administrators(f"GET {OF_PEOPLE}/{{user_id}}/export/download", an_export_of_somebody, holds="emergence-export-"),
]
