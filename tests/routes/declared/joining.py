"""Getting an account: open to people who have none, and administrators who let them in."""

from uuid import uuid4

from tests.routes.declaration import Target, administrators, open_to_all
from tests.routes.person import PASSWORD, Person
from tests.routes.world import World

INVITATIONS = "/api/auth/admin/invitations"


def somebody_new() -> str:
    return f"{uuid4().hex[:12]}@example.org"


async def a_registration(_: World, __: Person) -> Target:
    return Target(body={"email": somebody_new(), "password": PASSWORD, "display_name": "Grace"})


async def an_invented_link(_: World, __: Person) -> Target:
    return Target(body={"token": "A" * 43, "password": PASSWORD})


async def an_invented_invitation(_: World, __: Person) -> Target:
    return Target(body={"token": "A" * 43})


async def an_acceptance(_: World, __: Person) -> Target:
    return Target(body={"token": "A" * 43, "password": PASSWORD, "display_name": "Grace"})


async def somebody_to_let_in(_: World, __: Person) -> Target:
    return Target(body={"email": somebody_new(), "role": "guest"})


async def an_address(_: World, __: Person) -> Target:
    return Target(query={"email": somebody_new()})


async def an_invitation(_: World, administrator: Person) -> Target:
    invited = await administrator.ask("POST", INVITATIONS, {"email": somebody_new()})
    assert invited.status_code == 200, invited.text
    return Target(path={"invitation_id": invited.json()["invitation"]["id"]})


ROUTES = [
    open_to_all(
        "POST /api/auth/register",
        make=a_registration,
        why="makes nothing before the mailed link is used; limited by address, the same answer for everybody",
    ),
    open_to_all(
        "POST /api/auth/register/confirm",
        make=an_invented_link,
        why="asks for the mailed link",
        answers=frozenset({400}),
    ),
    open_to_all(
        "POST /api/auth/invitations/show",
        make=an_invented_invitation,
        why="asks for the invitation's link",
        answers=frozenset({400}),
    ),
    open_to_all(
        "POST /api/auth/invitations/accept",
        make=an_acceptance,
        why="asks for the invitation's link, which works once",
        answers=frozenset({400}),
    ),
    administrators("GET /api/auth/admin/invitations"),
    administrators("POST /api/auth/admin/invitations", somebody_to_let_in),
    administrators("POST /api/auth/admin/invitations/{invitation_id}/resend", an_invitation),
    administrators("DELETE /api/auth/admin/invitations/{invitation_id}", an_invitation),
    administrators("GET /api/auth/admin/allowlist"),
    administrators("POST /api/auth/admin/allowlist", somebody_to_let_in),
    administrators("DELETE /api/auth/admin/allowlist", an_address),
]
