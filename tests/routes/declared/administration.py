"""What only administrators see and do."""

from tests.routes.declaration import Target, administrators
from tests.routes.person import Person
from tests.routes.world import World


async def somebody_to_suspend(world: World, _: Person) -> Target:
    return Target(path={"user_id": (await world.person()).user_id}, body={"status": "suspended"})


async def somebody_to_demote(world: World, _: Person) -> Target:
    return Target(path={"user_id": (await world.person()).user_id}, body={"role": "guest"})


async def somebody(world: World, _: Person) -> Target:
    return Target(query={"user_id": (await world.person()).user_id})


async def somebody_to_sign_out(world: World, _: Person) -> Target:
    return Target(body={"user_id": (await world.person()).user_id})


ROUTES = [
    administrators("GET /api/auth/admin/users"),
    administrators("PUT /api/auth/admin/users/{user_id}/status", somebody_to_suspend),
    administrators("PUT /api/auth/admin/users/{user_id}/role", somebody_to_demote),
    administrators("GET /api/auth/admin/sessions", somebody),
    administrators("POST /api/auth/admin/sessions/revoke", somebody_to_sign_out),
    administrators("GET /api/auth/admin/audit"),
    administrators("GET /api/auth/admin/audit/verify"),
]
