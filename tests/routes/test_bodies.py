"""Bodies that ask for more than they may (A4), and wrong ones that hold secrets: generated from the document."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from emergence.contracts.auth.values import Role
from tests.routes.asking import ask_as, declaration_of, guarded, named
from tests.routes.declaration import Target
from tests.routes.person import Person, request
from tests.routes.walk import STATE_CHANGING, Operation, json_body, resolved
from tests.routes.world import World

CHANGING = [operation for operation in guarded("open", "person", "administrator") if operation.method in STATE_CHANGING]
CLOSELY_GUARDED = ("role", "status", "verified_at", "email_verified", "is_admin", "user_id")
COLUMNS = """SELECT table_schema, table_name, column_name FROM information_schema.columns JOIN information_schema.tables
    USING (table_schema, table_name) WHERE table_type = 'BASE TABLE' AND table_schema <> 'pg_catalog'
    AND column_name = ANY($1) AND table_name NOT LIKE 'audit%' ORDER BY 1, 2, 3"""
SECRET = "Zx9-this-must-never-come-back-to-anybody"


def wishes(somebody: Person) -> dict[str, object]:
    """Return what a member would like to be, or to be taken for."""
    return {
        "role": "admin",
        "is_admin": True,
        "email_verified": True,
        "verified_at": "2020-01-01",
        "status": "suspended",
        "sid": somebody.session_id,
        "session_id": somebody.session_id,
        "user_id": somebody.user_id,
        "sub": somebody.user_id,
        "acr": "acr2",
        "scope": "account:admin",
        "id": somebody.user_id,
    }


async def guarded_values(world: World, person: Person, *, of: Person) -> dict[str, list[str]]:
    """Return what the database says in every closely guarded column about two people."""
    connection = await asyncpg.connect(world.database_url)
    try:
        found = {}
        for schema, table, column in await connection.fetch(COLUMNS, list(CLOSELY_GUARDED)):
            rows = await connection.fetch(
                f'SELECT "{column}"::text AS value, t::text AS line FROM "{schema}"."{table}" t'
            )
            for whose in (person, of):
                about = {row["value"] for row in rows if whose.user_id in row["line"]}
                found[f"{table}.{column} of {'caller' if whose is person else 'other'}"] = sorted(map(str, about))
        assert "users.role of caller" in found, "the columns are somewhere else now"
        found["administrators"] = [
            row["id"]
            for row in await connection.fetch("SELECT id::text FROM auth.users WHERE role = 'admin' ORDER BY id")
        ]
        return found
    finally:
        await connection.close()


def fulfilled(
    wished: Mapping[str, object], before: Mapping[str, list[str]], after: Mapping[str, list[str]]
) -> dict[str, list[str]]:
    """Return what is in a guarded column now, was not, and is what was wished for."""
    texts = tuple(str(value).lower() for value in wished.values())
    fresh = {place: [value for value in now if value not in before.get(place, [])] for place, now in after.items()}
    found = {place: [value for value in values if value.startswith(texts)] for place, values in fresh.items()}
    return {place: values for place, values in found.items() if values}


@pytest.mark.parametrize("operation", CHANGING, ids=named)
async def test_nobody_writes_what_only_the_server_decides(world: World, operation: Operation) -> None:
    somebody, caller = await world.person(), await world.person()
    maker = await world.person(Role.ADMIN) if declaration_of(operation).guard == "administrator" else caller
    target = await declaration_of(operation).make(world, maker)
    wished = wishes(somebody)
    before = await guarded_values(world, caller, of=somebody)

    alone = [await ask_as(caller, operation, target.adding(**{name: value})) for name, value in wished.items()]
    together = await ask_as(caller, operation, replace(target.adding(**wished), query=dict.fromkeys(wished, "admin")))

    answered = {answer.status_code for answer in [*alone, together]}
    assert answered <= {200, 201, 202, 204, 400, 401, 403, 404, 409, 422, 429}
    after = await guarded_values(world, caller, of=somebody)
    assert fulfilled(wished, before, after) == {}
    assert after["administrators"] == before["administrators"]
    if operation.description.get("requestBody") and declaration_of(operation).guard != "administrator":
        assert together.status_code in (400, 401, 422), "a body with members that nobody asked for is refused"


def wrong_bodies(schema: Mapping[str, Any]) -> dict[str, bytes]:
    """Return bodies that are wrong in one point each, all of which hold the secret."""
    names = list(schema.get("properties", {})) or ["password"]
    whole = dict.fromkeys(names, SECRET)
    found: dict[str, object] = {
        "all text": whole,
        "a list": [SECRET],
        "a text": SECRET,
        "one member more": {**whole, "surprise": SECRET},
        "the secret as a name": {SECRET: 1},
        "nothing else": {"surprise": SECRET},
    }
    for name in names:
        found |= {
            f"{name} is a list": {**whole, name: [SECRET]},
            f"{name} is an object": {**whole, name: {SECRET: SECRET}},
            f"{name} is too long": {**whole, name: SECRET * 400},
            f"{name} has control characters": {**whole, name: f"{SECRET}\x00"},
        }
    encoded = {what: json.dumps(body).encode() for what, body in found.items()}
    return encoded | {"no JSON": f'{{"{names[0]}": "{SECRET}'.encode(), "no UTF-8": SECRET.encode() + b"\xff"}


@pytest.mark.parametrize(
    "operation", [each for each in guarded("open", "person", "administrator", "service") if json_body(each)], ids=named
)
async def test_a_refused_body_never_comes_back(world: World, operation: Operation) -> None:
    declaration = declaration_of(operation)
    role = Role.ADMIN if declaration.guard == "administrator" else Role.MEMBER
    caller = await world.person(role)
    target = await declaration.make(world, caller)
    is_internal = declaration.guard == "service"
    client = await world.client(world.service_urls[operation.service]) if is_internal else caller.browser
    token = world.service_token(operation.service, declaration.callers[0]) if is_internal else caller.token
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    schema = json_body(operation) or {}

    answers = {
        what: await client.request(operation.method, target.url(operation.path), content=body, headers=headers)
        for what, body in wrong_bodies(schema).items()
    }

    # Where all members are names, "all text" is a right body, and what it named may be shown.
    refused = {what: answer for what, answer in answers.items() if answer.is_error}
    assert [what for what, answer in refused.items() if SECRET in f"{answer.text}{answer.headers}"] == []
    assert len(refused) >= len(answers) - 1
    assert [what for what, answer in answers.items() if answer.status_code >= 500] == []
    for what in ("a list", "a text", "no JSON", "no UTF-8"):
        assert answers[what].status_code == (400 if what == "no UTF-8" else 422), what
        assert answers[what].json()["code"] in ("invalid_request", "bad_request")


@pytest.mark.parametrize("operation", guarded("open", "person", "administrator"), ids=named)
async def test_a_refused_query_or_path_never_comes_back(world: World, operation: Operation) -> None:
    caller = await world.person(Role.ADMIN if declaration_of(operation).guard == "administrator" else Role.MEMBER)
    names = {each["name"]: each["in"] for each in operation.description.get("parameters", [])}
    path = Target(path={name: SECRET for name, place in names.items() if place == "path"})
    query = {name: SECRET for name, place in names.items() if place == "query"} or {"token": SECRET}

    answer = await request(
        caller.browser, operation.method, path.url(operation.path), None, headers=caller.bearer, query=query
    )

    assert SECRET not in answer.text
    assert answer.status_code < 500


def test_every_body_is_strict() -> None:
    """An unknown member is refused, so that no route can be given what its author did not think of."""
    lenient = [
        operation.route
        for operation in guarded("open", "person", "administrator", "service")
        for schema in [json_body(operation)]
        if schema and not all(_is_strict(part) for part in schema.get("anyOf", schema.get("oneOf", [schema])))
    ]

    assert lenient == ["POST /api/chat/internal/reply"]  # from our own services, which may be newer than the other


def _is_strict(schema: Mapping[str, Any]) -> bool:
    return resolved(schema).get("additionalProperties") is False
