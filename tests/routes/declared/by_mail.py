"""What goes by mail: forgotten passwords, verified and changed addresses, mailed codes."""

from tests.auth.mailbox import token_in
from tests.routes.declaration import Target, open_to_all, own
from tests.routes.person import Person, new_mark
from tests.routes.world import World

NEW_PASSWORD = "nineteen violet otters juggle lanterns"
SAME_FOR_EVERYBODY = "the same answer for every address, limited by address and network"


async def their_address(_: World, person: Person) -> Target:
    return Target(body={"email": person.email})


async def another_address(_: World, __: Person) -> Target:
    return Target(body={"email": f"{new_mark()}@example.org"})


async def mailed(world: World, person: Person, path: str, to: str | None = None) -> str:
    """Let a letter be asked for and return what stands behind the `#` of its link."""
    address = to or person.email
    await world.settled()
    before = len(world.mailbox.to(address))
    answer = await person.ask("POST", path, None if path.endswith("/request") else {"email": address})
    assert answer.status_code == 202, answer.text
    return token_in(await world.mailbox.next_to(address, before))


async def a_reset_link(world: World, person: Person) -> Target:
    token = await mailed(world, person, "/api/auth/request-password-reset")
    return Target(body={"token": token, "new_password": NEW_PASSWORD})


async def a_verification_link(world: World, person: Person) -> Target:
    return Target(body={"token": await mailed(world, person, "/api/auth/verify-email/request")})


async def a_change_link(world: World, person: Person) -> Target:
    token = await mailed(world, person, "/api/auth/email/change", to=f"{new_mark()}@example.org")
    return Target(body={"token": token})


async def an_undo_link(world: World, person: Person) -> Target:
    change = await a_change_link(world, person)
    await world.settled()
    before = len(world.mailbox.to(person.email))
    confirmed = await person.ask("POST", "/api/auth/email/confirm", change.body)
    assert confirmed.status_code == 204, confirmed.text
    await world.settled()
    links = [letter for letter in world.mailbox.to(person.email)[before:] if "undo-email#" in str(letter.get_body())]
    return Target(body={"token": token_in(links[0])})


async def a_mailed_code(world: World, person: Person) -> Target:
    return Target(body={"code": await mailed(world, person, "/api/auth/magic-link")})


ROUTES = [
    open_to_all("POST /api/auth/request-password-reset", make=their_address, why=SAME_FOR_EVERYBODY),
    open_to_all("POST /api/auth/reset-password", make=a_reset_link, why="asks for the mailed link, which works once"),
    own("GET /api/auth/email"),
    own("POST /api/auth/verify-email/request", shows_own=False),
    open_to_all("POST /api/auth/verify-email", make=a_verification_link, why="asks for the mailed link"),
    own("POST /api/auth/email/change", another_address, shows_own=False),
    open_to_all("POST /api/auth/email/confirm", make=a_change_link, why="asks for the link mailed to the new address"),
    open_to_all("POST /api/auth/email/undo", make=an_undo_link, why="asks for the link mailed to the old address"),
    open_to_all("POST /api/auth/magic-link", make=their_address, why=SAME_FOR_EVERYBODY),
    open_to_all(
        "POST /api/auth/magic-link/login",
        make=a_mailed_code,
        why="asks for the mailed code, in the browser that asked for it",
        holds="access_token",
    ),
]
