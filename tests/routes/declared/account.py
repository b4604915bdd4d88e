"""One's own account: where one is signed in, the password, the second factor."""

from tests.routes.declaration import Target, own, owned
from tests.routes.declared.signing_in import with_second_factor
from tests.routes.person import PASSWORD, Person
from tests.routes.world import World, code_now


async def another_session(world: World, owner: Person) -> Target:
    elsewhere = await world.sign_in(owner.mark)
    return Target(path={"session_id": elsewhere.session_id})


async def a_new_password(_: World, __: Person) -> Target:
    return Target(body={"current_password": PASSWORD, "new_password": f"not {PASSWORD} any more"})


async def a_first_password(world: World, owner: Person) -> Target:
    await world.auth.database.execute("DELETE FROM password_credentials WHERE user_id = $1", owner.user_id)
    return Target(body={"new_password": f"not {PASSWORD} any more"})


async def the_password(_: World, __: Person) -> Target:
    return Target(body={"password": PASSWORD})


async def the_first_code(_: World, owner: Person) -> Target:
    enrolment = await owner.ask("POST", "/api/auth/2fa/enable")
    return Target(body={"code": code_now(enrolment.json()["secret"])})


async def a_second_factor(_: World, owner: Person) -> Target:
    """Turn the second factor on, and prove it in the session that was opened with less."""
    codes = (await with_second_factor(owner))[1]
    stepped = await owner.ask("POST", "/api/auth/step-up", {"code": codes[0]})
    owner.signed_in.update(stepped.json())
    return Target()


async def a_recovery_code(_: World, owner: Person) -> Target:
    codes = (await with_second_factor(owner))[1]
    return Target(body={"code": codes[0]})


ROUTES = [
    own("GET /api/auth/my-sessions"),
    owned("POST /api/auth/my-sessions/{session_id}/revoke", another_session),
    own("POST /api/auth/my-sessions/revoke-others", shows_own=False),
    own("POST /api/auth/my-sessions/revoke-all", shows_own=False),
    own("POST /api/auth/change-password", a_new_password, shows_own=False),
    own("POST /api/auth/set-password", a_first_password, shows_own=False),
    own("GET /api/auth/my-activity"),
    own("POST /api/auth/step-up", the_password),
    own("GET /api/auth/2fa/status", shows_own=False),
    own("POST /api/auth/2fa/enable"),
    own("POST /api/auth/2fa/verify", the_first_code, shows_own=False),
    own("POST /api/auth/2fa/recovery-codes", a_second_factor, shows_own=False),
    own("POST /api/auth/2fa/disable", a_recovery_code, shows_own=False),
]
