"""Mailed links and codes, invitations, passkeys, a provider's tokens, exports: used once, then refused."""

from io import BytesIO
from zipfile import ZipFile

from tests.auth.mailbox import link_in, token_in
from tests.auth.open_id_provider import CLIENT_SECRET
from tests.routes.declaration import Make, Target
from tests.routes.declared import by_mail, passkeys, personal, providers
from tests.routes.person import PASSWORD, Person, new_mark
from tests.routes.world import World
from tests.secrecy.issued import Issued

MAILED: dict[str, Make] = {
    "/api/auth/reset-password": by_mail.a_reset_link,
    "/api/auth/verify-email": by_mail.a_verification_link,
    "/api/auth/email/confirm": by_mail.a_change_link,
    "/api/auth/email/undo": by_mail.an_undo_link,
}


def body_of(target: Target) -> dict[str, str]:
    assert isinstance(target.body, dict)
    return target.body


async def used_twice(person: Person, path: str, target: Target) -> None:
    """Use what works once, and again."""
    answers = [(await person.ask("POST", path, target.body)).status_code for _ in range(2)]
    assert answers[0] in (200, 204) and answers[1] in (400, 401, 409), (path, answers)


async def follow_mailed_links(world: World, issued: Issued) -> None:
    for path, make in MAILED.items():
        person = await world.person()
        target = await make(world, person)
        issued.note("mailed link", body_of(target)["token"])
        await used_twice(person, path, target)


async def sign_in_with_a_mailed_code(world: World, issued: Issued) -> None:
    person = await world.person()
    target = await by_mail.a_mailed_code(world, person)
    code = body_of(target)["code"]
    # Eight digits alone are found by chance: what is looked for is the link and the way letters write them.
    issued.note("mailed code", f"{code[:4]} {code[4:]}", link_in(world.mailbox.to(person.email)[-1]))
    await used_twice(person, "/api/auth/magic-link/login", target)


async def invite_somebody(world: World, issued: Issued) -> None:
    admin, address = await world.admin(), f"{new_mark()}@example.org"
    assert (await admin.ask("POST", "/api/auth/admin/invitations", {"email": address})).status_code == 200
    token = token_in(await world.mailbox.next_to(address))
    issued.note("invitation", token)
    shown = await (await world.client()).post("/api/auth/invitations/show", json={"token": token})
    assert shown.status_code == 200, shown.text
    target = Target(body={"token": token, "password": PASSWORD, "display_name": "Grace"})
    await used_twice(await world.person(), "/api/auth/invitations/accept", target)


async def sign_in_with_a_passkey(world: World, issued: Issued) -> None:
    person = await world.person()
    authenticator, _ = await passkeys.with_passkey(world, person)
    options = await passkeys.question(person, "login")
    issued.note("challenge of a passkey", options["challenge"])
    credential = authenticator.get(options, passkeys.on_our_page(world))
    await used_twice(person, "/api/auth/passkeys/login/finish", Target(body={"credential": credential}))


async def sign_in_by_a_provider(world: World, issued: Issued) -> None:
    issued.note("secret of the settings", CLIENT_SECRET)
    person = await world.person()
    await providers.linked(world, person)
    provider = world.provider

    def noted(claims: dict[str, object]) -> str:
        token = provider.keys[0].sign(claims)
        issued.note("token of a provider", token, str(claims["nonce"]))
        return token

    provider.make_token = noted
    handover = await providers.a_handover(world, person)
    issued.note("token of a provider's sign-in", body_of(handover)["token"])
    await used_twice(person, "/api/auth/oidc/handover", handover)
    brought = await providers.agreed(world, await world.person())
    issued.note("code of a provider", brought["code"], brought["state"])
    await providers.landed(await world.person(), brought)  # in another browser it is refused


async def export_and_leave(world: World, issued: Issued) -> None:
    """What is exported is searched as refusals are: a copy of everything holds no secret either."""
    person = await world.person()
    await person.talk()
    await personal.collected(world, person, "/api/auth/me/export")
    file = await person.ask("GET", "/api/auth/me/export/download")
    with ZipFile(BytesIO(file.content)) as archive:
        texts = [archive.read(name).decode() for name in archive.namelist()]
    assert any(person.mark in text for text in texts)
    issued.problems.extend(texts)
    offer = await personal.an_offer_to_stay(world, person)
    issued.note("offer to stay", body_of(offer)["undo_token"])
    await used_twice(person, "/api/auth/me/undelete", offer)


STEPS = [
    follow_mailed_links,
    sign_in_with_a_mailed_code,
    invite_somebody,
    sign_in_with_a_passkey,
    sign_in_by_a_provider,
    export_and_leave,
]
