"""Nothing in an answer tells whether an account exists: not its bytes, not its headers, not the time, not the work."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import httpx2
import pytest

from emergence.auth.passwords import Passwords
from emergence.kernel.storage.database import Database, Transaction
from tests.auth.served_auth import PASSWORD, ServedAuth, auth_environ, served_auth
from tests.auth.timing import compared, difference, interleaved, shorten_hashes, suspended_person, told

KINDS = {
    "existing": {"email": "ada@example.org", "password": "not the right password"},
    "unknown": {"email": "eva@example.org", "password": "not the right password"},
    "suspended": {"email": "bob@example.org", "password": PASSWORD},
}


class CountedDatabase(Database):
    """Keeps the text of each statement that it sends."""

    statements: list[str]

    @asynccontextmanager
    async def _lent_connection(self) -> AsyncIterator[Transaction]:
        async with super()._lent_connection() as connection:
            connection.add_query_logger(self._note)
            try:
                yield connection
            finally:
                connection.remove_query_logger(self._note)

    def _note(self, record: Any) -> None:
        self.statements.append(record.query)


def test_the_test_of_differences_finds_one() -> None:
    chance = random.Random(7)
    first = [chance.gauss(40, 4) for _ in range(130)]

    assert difference(first, [chance.gauss(40, 4) for _ in range(130)]) > 0.01
    assert difference(first, [chance.gauss(42.5, 4) for _ in range(130)]) < 0.01
    same, slower = ([chance.gauss(mean, 2) for _ in range(130)] for mean in (40, 44))
    assert compared({"unknown": same, "existing": [chance.gauss(40, 2) for _ in same], "suspended": same}) == ""
    assert compared({"unknown": same, "existing": same, "suspended": slower}).startswith("suspended: p 0.0000")


@pytest.fixture
async def people(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ServedAuth]:
    shorten_hashes(monkeypatch)
    async with served_auth(auth_environ(database_url, AUTH_TRUSTED_HOPS="1", AUTH_CLAIM="code")) as served:
        await served.claimed()
        await suspended_person(served, "bob@example.org")
        yield served


async def sign_in(served: ServedAuth, kind: str, number: int) -> httpx2.Response:
    served.clock.advance(timedelta(days=2))  # nobody's guesses add up
    from_somewhere = {"x-forwarded-for": f"93.184.{number // 250}.{number % 250}", "x-request-id": "one-id-for-all"}
    return await served.browser().post_json("/api/auth/login", KINDS[kind], **from_somewhere)


async def test_four_hundred_interleaved_sign_ins_are_told_apart_by_nothing(people: ServedAuth) -> None:
    seen = await interleaved(list(KINDS), partial(sign_in, people))

    assert [status for status, _, _ in seen.answers] == [401]
    assert seen.difference == ""


class CountedPasswords(Passwords):
    """Counts what it compares."""

    compared = 0

    def _check(self, password: str, stored: str | None) -> Any:
        self.compared += 1
        return super()._check(password, stored)


async def test_the_same_statements_and_one_hash_whoever_it_is(people: ServedAuth) -> None:
    database = CountedDatabase(people.auth.database.url, "auth")
    passwords = CountedPasswords(people.auth.passwords._pepper)
    people.app.state.auth = replace(people.auth, database=database, passwords=passwords)
    done: dict[str, list[str]] = {}
    try:
        for number, kind in enumerate([*KINDS, *KINDS]):
            database.statements, passwords.compared = [], 0
            assert (await sign_in(people, kind, number)).status_code == 401
            done[kind] = database.statements
            assert passwords.compared == 1
    finally:
        passwords.close()
        await database.close()

    assert len(done["unknown"]) > 10
    assert done["existing"] == done["unknown"] == done["suspended"]


async def test_work_refusals_and_waits_tell_nothing_either(people: ServedAuth) -> None:
    answers: dict[str, set[object]] = {kind: set() for kind in KINDS}
    for kind, body in KINDS.items():
        for number in range(12):
            somewhere = {"x-forwarded-for": f"93.185.{number}.9", "x-request-id": "one-id-for-all"}
            answer = await people.browser().post_json("/api/auth/login", body, **somewhere)
            answers[kind].add(told(answer))
        people.clock.advance(timedelta(days=2))

    assert len(answers["unknown"]) == 2
    assert answers["existing"] == answers["unknown"] == answers["suspended"]
