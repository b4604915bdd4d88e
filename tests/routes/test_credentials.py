"""Every guarded route refuses every wrong credential (A6), and administrators' routes refuse everybody else."""

import asyncio
from datetime import timedelta

import pytest
from joserfc.jwk import OKPKey

from emergence.contracts.auth.values import Role
from tests.routes.asking import ask_as, ask_with, declaration_of, guarded, named
from tests.routes.declaration import Declaration, Target
from tests.routes.person import Person
from tests.routes.rows import every_row, rows_with
from tests.routes.tokens import bent_token, parts_of, unsigned
from tests.routes.walk import Operation
from tests.routes.world import FEED_PATIENCE_S, World

OF_SERVICES = guarded("service")
INTERNAL = [operation for operation in OF_SERVICES if operation.is_internal]
OF_VERIFIERS = [operation for operation in OF_SERVICES if not operation.is_internal]
ADMINISTRATIVE = guarded("administrator")


async def wrong_tokens(world: World, owner: Person) -> dict[str, str]:
    """Return bearer tokens that nearly speak for `owner`, by what is wrong with them. More are welcome here."""
    issued = int(str(parts_of(owner.token)[1]["iat"]))
    gone = await world.signed_out()
    other_key = OKPKey.generate_key("Ed25519")
    return {
        "no token": "x" * 40,
        "another audience": await world.bent(owner.token, aud="emergence-other"),
        "audiences in a list": await world.bent(owner.token, aud=["emergence-app"]),
        "another issuer": await world.bent(owner.token, iss="somebody-else"),
        "expired": await world.bent(owner.token, iat=issued - 400, nbf=issued - 400, exp=issued - 100),
        "not valid yet": await world.bent(owner.token, iat=issued + 100, nbf=issued + 100, exp=issued + 200),
        "for a year": await world.bent(owner.token, exp=issued + 365 * 86_400),
        "another type": await world.bent(owner.token, {"typ": "JWT"}),
        "unsigned": unsigned(owner.token),
        "signed by somebody else": bent_token(owner.token, other_key, {}, {}),
        "of an ended session": gone.token,
        "a service's": world.service_token("auth", "session"),
    }


async def touched(world: World, target: Target) -> dict[str, list[str]]:
    """Return the rows that hold what the target names."""
    await world.settled()
    body = target.body if isinstance(target.body, dict) else {}
    ids = [str(value) for value in (*target.path.values(), *target.query.values(), *body.values())]
    return rows_with(await every_row(world.database_url), [value for value in ids if len(value) == 36])


@pytest.mark.parametrize("operation", guarded("person", "administrator"), ids=named)
async def test_no_wrong_token_gets_in(world: World, operation: Operation) -> None:
    owner = await world.person(Role.ADMIN if declaration_of(operation).guard == "administrator" else Role.MEMBER)
    target = await declaration_of(operation).make(world, owner)
    tokens = await wrong_tokens(world, owner)

    answers = {name: await ask_with(world, operation, target, f"Bearer {token}") for name, token in tokens.items()}
    at_service = await ask_with(world, operation, target, f"Bearer {tokens['expired']}", past_gateway=True)

    expected = dict.fromkeys(tokens, 401)
    if declaration_of(operation).is_over_twice:
        expected["of an ended session"] = 204
    assert {name: answer.status_code for name, answer in answers.items()} == expected
    assert at_service.status_code == 401


@pytest.mark.parametrize("operation", ADMINISTRATIVE, ids=named)
async def test_only_administrators_come_in(world: World, operation: Operation) -> None:
    declaration = declaration_of(operation)
    admin, member, guest = [await world.person(role) for role in (Role.ADMIN, Role.MEMBER, Role.GUEST)]
    target = await declaration.make(world, admin)
    before = await touched(world, target)

    refused = {
        "nobody": (await ask_with(world, operation, target, None)).status_code,
        "member": (await ask_as(member, operation, target)).status_code,
        "guest": (await ask_as(guest, operation, target)).status_code,
    }

    assert refused == {"nobody": 401, "member": 403, "guest": 403}
    assert await touched(world, target) == before
    answer = await ask_as(admin, operation, target)
    assert answer.status_code in declaration.answers, f"an administrator got {answer.status_code}: {answer.text}"
    assert declaration.holds in f"{answer.text} {dict(answer.headers)}"


@pytest.mark.parametrize("operation", ADMINISTRATIVE, ids=named)
async def test_who_is_no_administrator_any_more_is_refused(world: World, operation: Operation) -> None:
    former = await world.person(Role.ADMIN)
    target = await declaration_of(operation).make(world, former)
    demotion = f"/api/auth/admin/users/{former.user_id}/role"
    assert (await (await world.admin()).ask("PUT", demotion, {"role": "member"})).status_code == 204
    again = await world.sign_in(former.mark)

    answer = await ask_as(again, operation, target)
    async with asyncio.timeout(FEED_PATIENCE_S):
        while (await ask_as(former, operation, target)).status_code != 401:  # noqa: ASYNC110 - chat learns from the feed
            await asyncio.sleep(0.02)

    assert answer.status_code == 403


async def wrong_service_tokens(world: World, declaration: Declaration, owner: Person, service: str) -> dict[str, str]:
    caller = declaration.callers[0]
    return {
        "a person's": owner.token,
        "an administrator's": (await world.admin()).token,
        "for another service": world.service_token("gateway", caller),
        "expired": world.service_token(service, caller, age=timedelta(hours=1)),
        "by another secret": world.service_token(service, caller, secret="a4d2" * 10),
        "unsigned": unsigned(world.service_token(service, caller)),
    }


@pytest.mark.parametrize("operation", OF_SERVICES, ids=named)
async def test_routes_of_services_are_for_those_that_they_name(world: World, operation: Operation) -> None:
    declaration, owner = declaration_of(operation), await world.person()
    target = await declaration.make(world, owner)
    tokens = await wrong_service_tokens(world, declaration, owner, operation.service)
    uninvited = {"auth", "chat", "memory", "session", "gateway"} - set(declaration.callers)

    refused = {
        name: (await ask_with(world, operation, target, f"Bearer {token}", past_gateway=True)).status_code
        for name, token in tokens.items()
    }
    without = await ask_with(world, operation, target, None, past_gateway=True)
    others = [
        (await ask_with(world, operation, target, bearer(world, operation, name), past_gateway=True)).status_code
        for name in sorted(uninvited)
    ]
    invited = await ask_with(
        world, operation, target, bearer(world, operation, declaration.callers[0]), past_gateway=True
    )

    assert refused == dict.fromkeys(tokens, 401)
    assert without.status_code == 401
    assert others == [403] * len(uninvited)
    assert invited.status_code in declaration.answers, f"{invited.status_code}: {invited.text}"
    assert declaration.holds in invited.text


@pytest.mark.parametrize("operation", INTERNAL, ids=named)
async def test_the_gateway_knows_no_internal_route(world: World, operation: Operation) -> None:
    owner = await world.person()
    target = await declaration_of(operation).make(world, owner)
    tokens = await wrong_service_tokens(world, declaration_of(operation), owner, operation.service)

    answers = [
        (await ask_with(world, operation, target, authorization)).status_code
        for authorization in (None, *(f"Bearer {token}" for token in tokens.values()))
    ]

    assert answers == [404] * (len(tokens) + 1)


@pytest.mark.parametrize("operation", OF_VERIFIERS, ids=named)
async def test_the_gateway_hands_wrong_tokens_of_services_to_no_route(world: World, operation: Operation) -> None:
    declaration, owner = declaration_of(operation), await world.person()
    target = await declaration.make(world, owner)
    tokens = await wrong_service_tokens(world, declaration, owner, operation.service)

    refused = {
        name: (await ask_with(world, operation, target, f"Bearer {token}")).status_code
        for name, token in tokens.items()
    }

    assert refused == dict.fromkeys(tokens, 401)
    assert (await ask_with(world, operation, target, None)).status_code == 401
    assert (await owner.ask("GET", "/api/auth/session")).status_code == 200


def bearer(world: World, operation: Operation, caller: str) -> str:
    """Return the header with which a service may ask."""
    return f"Bearer {world.service_token(operation.service, caller)}"
