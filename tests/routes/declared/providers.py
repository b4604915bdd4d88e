"""Signing in with an OpenID provider, and the accounts there that are linked to one's own."""

import time
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from emergence.auth.oidc.provider_tokens import LOGOUT_EVENT
from tests.auth.open_id_provider import CLIENT_ID
from tests.routes.declaration import Target, open_to_all, own, owned
from tests.routes.declared.signing_in import with_second_factor
from tests.routes.person import Form, Person
from tests.routes.world import World

START, CALLBACK = "/api/auth/oidc/acme/start", "/api/auth/oidc/acme/callback"
ACME = {"provider": "acme"}


async def acme(_: World, __: Person) -> Target:
    return Target(path=ACME)


async def acme_to_link(_: World, __: Person) -> Target:
    return Target(body=ACME)


async def agreed(world: World, person: Person, path: str = START, body: object = None) -> dict[str, str]:
    """Begin, and let the person agree at the provider; return what their browser brings back."""
    begun = await person.ask("POST", path, body)
    assert begun.status_code == 200, begun.text
    known = {"sub": f"sub-{person.mark}", "email": person.email, "email_verified": True}
    return world.provider.approve(begun.json()["location"], **known)


async def landed(person: Person, brought: Mapping[str, str]) -> dict[str, list[str]]:
    """Come back from the provider; return what the page is told."""
    answer = await person.ask("GET", CALLBACK, query=brought)
    assert answer.status_code == 303, answer.text
    return parse_qs(urlsplit(answer.headers["location"]).fragment)


async def linked(world: World, person: Person) -> None:
    """Link an account at the provider to the person's own."""
    brought = await agreed(world, person, "/api/auth/identities", ACME)
    assert await landed(person, brought) == {"oidc_linked": ["acme"]}


async def a_return(world: World, person: Person) -> Target:
    await linked(world, person)
    return Target(path=ACME, query=await agreed(world, person))


async def a_handover(world: World, person: Person) -> Target:
    await linked(world, person)
    await with_second_factor(person)
    told = await landed(person, await agreed(world, person))
    return Target(body={"token": told["oidc_handover"][0]})


async def identities(world: World, person: Person) -> Target:
    await linked(world, person)
    return Target()


async def an_identity(world: World, owner: Person) -> Target:
    await linked(world, owner)
    found = (await owner.ask("GET", "/api/auth/identities")).json()["identities"]
    return Target(path={"identity_id": found[0]["id"]})


async def a_logout_token(world: World, person: Person) -> Target:
    now = int(time.time())
    claims = {
        "iss": world.provider.issuer,
        "aud": CLIENT_ID,
        "iat": now,
        "exp": now + 120,
        "jti": person.mark,
        "sub": f"sub-{person.mark}",
        "events": {LOGOUT_EVENT: {}},
    }
    return Target(path=ACME, body=Form(logout_token=world.provider.keys[0].sign(claims, typ="logout+jwt")))


ROUTES = [
    open_to_all(
        "POST /api/auth/oidc/{provider}/start",
        make=acme,
        why="sends anybody to the provider; tied to the browser by a cookie",
        holds="code_challenge",
    ),
    open_to_all(
        "GET /api/auth/oidc/{provider}/callback",
        make=a_return,
        why="asks for the provider's code, in the browser that began; answers with a page whatever happens",
        answers=frozenset({303}),
        holds="emg_rt_",
    ),
    open_to_all(
        "POST /api/auth/oidc/handover",
        make=a_handover,
        why="asks for the token of the provider's part, which works once, and gives out the next question only",
        holds="mfa_token",
    ),
    open_to_all(
        "POST /api/auth/oidc/{provider}/backchannel-logout",
        make=a_logout_token,
        why="asks for the provider's signature, and only ends sessions",
        by_servers=True,
    ),
    own("GET /api/auth/identities", identities),
    own("POST /api/auth/identities", acme_to_link, shows_own=False, holds="code_challenge"),
    owned("DELETE /api/auth/identities/{identity_id}", an_identity),
]
