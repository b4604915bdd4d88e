"""What only administrators see and do."""

from tests.routes.declaration import Target, administrators, own
from tests.routes.declared.signing_in import with_second_factor
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


async def an_account(world: World, _: Person) -> Target:
    return Target(path={"user_id": (await world.person()).user_id})


async def somebody_with_two_factors(world: World, _: Person) -> Target:
    person = await world.person()
    await with_second_factor(person)
    return Target(path={"user_id": person.user_id})


async def somebody_to_look_at(world: World, _: Person) -> Target:
    return Target(path={"user_id": (await world.person()).user_id}, body={"reason": "cannot find a thread"})


async def an_impersonation(world: World, administrator: Person) -> Target:
    """Look at somebody: from then on the administrator's page speaks with the token that it got."""
    administrator.signed_in["access_token"] = (await impersonated(world, administrator))["access_token"]
    return Target()


async def impersonated(world: World, administrator: Person) -> dict[str, str]:
    """Return what an administrator gets who begins to look at a member."""
    member = await world.person()
    path = f"/api/auth/admin/users/{member.user_id}/impersonate"
    begun = await administrator.ask("POST", path, {"reason": "cannot find a thread"})
    assert begun.status_code == 200, begun.text
    answer: dict[str, str] = begun.json()
    return answer


ROUTES = [
    administrators("GET /api/auth/admin/users"),
    administrators("PUT /api/auth/admin/users/{user_id}/status", somebody_to_suspend),
    administrators("PUT /api/auth/admin/users/{user_id}/role", somebody_to_demote),
    administrators("GET /api/auth/admin/sessions", somebody),
    administrators("POST /api/auth/admin/sessions/revoke", somebody_to_sign_out),
    administrators("GET /api/auth/admin/audit"),
    administrators("GET /api/auth/admin/audit/verify"),
    administrators("GET /api/auth/admin/audit/export", holds="session.login"),
    administrators("GET /api/auth/admin/users/{user_id}", an_account, holds="example.org"),
    administrators("POST /api/auth/admin/users/{user_id}/reset-link", an_account, holds='"is_mailed":true'),
    administrators("POST /api/auth/admin/users/{user_id}/reset-mfa", somebody_with_two_factors),
    administrators("POST /api/auth/admin/users/{user_id}/impersonate", somebody_to_look_at, holds="access_token"),
    administrators("POST /api/auth/admin/impersonation/renew", an_impersonation, holds="access_token"),
    # What it ends belongs to the session that asks: from everybody else's there is nothing to end.
    own("POST /api/auth/admin/impersonation/end", shows_own=False, is_over_twice=True),
    administrators("GET /api/auth/admin/keys", holds='"keys"'),
    administrators("POST /api/auth/admin/keys/rotate", holds='"keys"'),
]
