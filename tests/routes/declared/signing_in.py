"""Signing in and out: most of it is open, because whoever asks is nobody yet."""

from base64 import b32decode

from tests.routes.declaration import Target, open_to_all, own, services
from tests.routes.person import PASSWORD, Person
from tests.routes.world import OWNER_CREDENTIAL, World, code_now


async def credentials(_: World, person: Person) -> Target:
    return Target(body={"email": person.email, "password": PASSWORD})


async def another_claim(_: World, person: Person) -> Target:
    return Target(body={"email": person.email, "password": PASSWORD, "display_name": "Late"})


async def a_code(world: World, person: Person) -> Target:
    """Turn the second factor on, begin to sign in, and hand over what the second step takes."""
    codes = (await with_second_factor(person))[1]
    body = {"email": person.email, "password": PASSWORD}
    begun = await (await world.client()).post("/api/auth/login", json=body)
    assert begun.json()["mfa_required"] is True
    return Target(body={"mfa_token": begun.json()["mfa_token"], "code": codes[0]})


async def with_second_factor(person: Person) -> tuple[bytes, list[str]]:
    """Turn the second factor on; return the seed and the recovery codes."""
    enrolment = await person.ask("POST", "/api/auth/2fa/enable")
    assert enrolment.status_code == 200, enrolment.text
    seed_text = enrolment.json()["secret"]
    confirmed = await person.ask("POST", "/api/auth/2fa/verify", {"code": code_now(seed_text)})
    assert confirmed.status_code == 200, confirmed.text
    return b32decode(seed_text), confirmed.json()["codes"]


async def a_ticket(_: World, person: Person) -> Target:
    ticket = await person.ask("POST", "/api/auth/ws-ticket", headers={"origin": person.url})
    return Target(body={"ticket": ticket.json()["ticket"], "origin": person.url})


async def a_developer(_: World, person: Person) -> Target:
    return Target(body={"email": person.email})


async def a_credential(_: World, __: Person) -> Target:
    return Target(body={"credential": OWNER_CREDENTIAL})


ROUTES = [
    open_to_all("GET /api/auth/setup", why="says whether there is an administrator, before anybody can be one"),
    open_to_all(
        "POST /api/auth/setup",
        make=another_claim,
        why="makes the first administrator, once; protected by loopback or the printed code",
        answers=frozenset({409}),  # the world has its administrator already
    ),
    open_to_all("POST /api/auth/login", make=credentials, why="asks for the password"),
    open_to_all("POST /api/auth/login/mfa", make=a_code, why="asks for the token of the first step and a code"),
    open_to_all("POST /api/auth/refresh", why="asks for the HttpOnly cookie, from our own page"),
    open_to_all("POST /api/auth/logout", why="ends the session of the cookie or token that it is sent; idempotent"),
    open_to_all("POST /api/auth/dev/login", make=a_developer, why="exists in development only"),
    open_to_all(
        "POST /api/auth/owner/login",
        make=a_credential,
        why="asks for the machine's own credential, from loopback",
    ),
    own("GET /api/auth/session"),
    own("POST /api/auth/ws-ticket", shows_own=False),
    services("POST /api/auth/internal/ws-tickets/consume", a_ticket, callers=["session"]),
]
