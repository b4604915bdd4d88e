"""No page of another origin reads an answer, and every answer carries the headers that keep browsers careful."""

import pytest

from emergence.contracts.auth.values import Role
from emergence.gateway.headers import SECURITY_HEADERS
from tests.routes.asking import ask_with, declaration_of, guarded, named
from tests.routes.person import request
from tests.routes.walk import Operation
from tests.routes.world import World

FOREIGN = ("https://evil.example", "null", "http://127.0.0.1.evil.example")
OF_PEOPLE = guarded("open", "person", "administrator")
OF_PAGES = [each for each in OF_PEOPLE if not declaration_of(each).by_servers]
EVERY_ROUTE = guarded("open", "person", "administrator", "service")


@pytest.mark.parametrize("operation", EVERY_ROUTE, ids=named)
async def test_no_answer_is_for_another_origin(world: World, operation: Operation) -> None:
    declaration = declaration_of(operation)
    caller = await world.person(Role.ADMIN if declaration.guard == "administrator" else Role.MEMBER)
    target = await declaration.make(world, caller)
    path = target.url(operation.path)
    asking = {"access-control-request-method": operation.method, "access-control-request-headers": "authorization"}

    answers = []
    for origin in FOREIGN:
        headers = caller.bearer | {"origin": origin, "sec-fetch-site": "cross-site"}
        answers += [
            await request(caller.browser, operation.method, path, target.body, headers=headers, query=target.query),
            await request(caller.browser, "OPTIONS", path, headers={"origin": origin, **asking}),
        ]

    said = [{name for name in answer.headers if name.startswith("access-control-")} for answer in answers]
    assert said == [set()] * len(answers)
    assert all(answer.headers[name] == value for answer in answers for name, value in SECURITY_HEADERS.items())


@pytest.mark.parametrize("operation", [each for each in EVERY_ROUTE if each.path.startswith("/api/")], ids=named)
async def test_what_is_said_to_somebody_is_never_stored(world: World, operation: Operation) -> None:
    declaration = declaration_of(operation)
    caller = await world.person(Role.ADMIN if declaration.guard == "administrator" else Role.MEMBER)
    target = await declaration.make(world, caller)

    answers = [
        await caller.ask(operation.method, target.url(operation.path), target.body, query=target.query),
        await ask_with(world, operation, target, None, past_gateway=True),
    ]
    for name in declaration.callers[:1]:
        by_service = f"Bearer {world.service_token(operation.service, name)}"
        answers.append(await ask_with(world, operation, target, by_service, past_gateway=True))

    assert [answer.headers["cache-control"] for answer in answers] == ["no-store"] * len(answers)


@pytest.mark.parametrize(
    "operation",
    [each for each in OF_PAGES if each.service == "auth" and each.method != "GET"],
    ids=named,
)
async def test_another_site_changes_nothing(world: World, operation: Operation) -> None:
    declaration = declaration_of(operation)
    caller = await world.person(Role.ADMIN if declaration.guard == "administrator" else Role.MEMBER)
    target = await declaration.make(world, caller)
    path, foreign = target.url(operation.path), {"origin": FOREIGN[0]}
    before = await caller.ask("GET", "/api/auth/session")

    cross_site = await request(
        caller.browser, operation.method, path, target.body, headers={"sec-fetch-site": "cross-site", **foreign}
    )
    same_site = await request(
        caller.browser, operation.method, path, target.body, headers={"sec-fetch-site": "same-site"}
    )
    form = await caller.browser.request(
        operation.method, path, data={"email": "a@example.org"}, headers={"sec-fetch-site": "same-origin"}
    )

    codes = [answer.json()["code"] for answer in (cross_site, same_site, form)]
    assert set(codes) <= {"cross_site_request", "unauthenticated"}, codes
    after = await caller.ask("GET", "/api/auth/session")
    assert after.status_code == before.status_code
