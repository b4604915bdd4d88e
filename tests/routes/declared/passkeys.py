"""Passkeys: signing in with one, and one's own."""

from typing import Any

from tests.auth.passkeys.software_authenticator import Behaviour, SoftwareAuthenticator
from tests.routes.declaration import Target, open_to_all, own, owned
from tests.routes.person import Person
from tests.routes.world import World

BASE = "/api/auth/passkeys"


def on_our_page(world: World) -> Behaviour:
    """Return how a browser answers at localhost, the name of this machine that passkeys are bound to."""
    return Behaviour(origin=world.url.replace("127.0.0.1", "localhost"))


async def question(person: Person, what: str) -> dict[str, Any]:
    """Return what a browser is asked."""
    begun = await person.ask("POST", f"{BASE}/{what}/begin")
    assert begun.status_code == 200, begun.text
    options: dict[str, Any] = begun.json()["options"]
    return options


async def with_passkey(world: World, person: Person) -> tuple[SoftwareAuthenticator, str]:
    """Add a passkey and prove it, as everything that concerns factors asks for; return it and its id."""
    authenticator = SoftwareAuthenticator()
    added = await person.ask("POST", f"{BASE}/register/finish", (await _new(world, person, authenticator)).body)
    assert added.status_code == 200, added.text
    proof = {"passkey": authenticator.get(await question(person, "step-up"), on_our_page(world))}
    proved = await person.ask("POST", "/api/auth/step-up", proof)
    assert proved.status_code == 200, proved.text
    person.signed_in.update(proved.json())
    return authenticator, added.json()["passkey"]["id"]


async def _new(world: World, person: Person, authenticator: SoftwareAuthenticator) -> Target:
    options = await question(person, "register")
    return Target(body={"credential": authenticator.create(options, on_our_page(world)), "name": "Key of mine"})


async def a_new_passkey(world: World, person: Person) -> Target:
    return await _new(world, person, SoftwareAuthenticator())


async def passkeys(world: World, person: Person) -> Target:
    await with_passkey(world, person)
    return Target()


async def a_passkey(world: World, owner: Person) -> Target:
    return Target(path={"passkey_id": (await with_passkey(world, owner))[1]})


async def a_passkey_to_rename(world: World, owner: Person) -> Target:
    return Target(path={"passkey_id": (await with_passkey(world, owner))[1]}, body={"name": "The grey one"})


async def a_use(world: World, person: Person) -> Target:
    authenticator, _ = await with_passkey(world, person)
    return Target(body={"credential": authenticator.get(await question(person, "login"), on_our_page(world))})


ROUTES = [
    open_to_all(f"POST {BASE}/login/begin", why="asks for any passkey and names nobody", holds="challenge"),
    open_to_all(f"POST {BASE}/login/finish", make=a_use, why="asks for a passkey's signature", holds="access_token"),
    own(f"POST {BASE}/register/begin"),
    own(f"POST {BASE}/register/finish", a_new_passkey, shows_own=False, holds="recovery_codes"),
    own(f"POST {BASE}/step-up/begin", passkeys, shows_own=False, holds="allowCredentials"),
    own(f"GET {BASE}", passkeys, shows_own=False, holds="created_at"),
    owned(f"PATCH {BASE}/{{passkey_id}}", a_passkey_to_rename),
    owned(f"DELETE {BASE}/{{passkey_id}}", a_passkey),
]
