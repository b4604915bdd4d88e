"""Nothing in an answer tells whether an account exists: not its bytes, not its headers, not the time, not the work."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
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


async def work_of(
    people: ServedAuth, ask: Callable[[str, int], Awaitable[httpx2.Response]]
) -> dict[str, tuple[int, int, list[str]]]:
    """Return for each kind the status, how many hashes were compared, and the statements; asked twice, the latter."""
    database = CountedDatabase(people.auth.database.url, "auth")
    passwords = CountedPasswords(people.auth.passwords._pepper)
    people.app.state.auth = replace(people.auth, database=database, passwords=passwords)
    done = {}
    try:
        for number, kind in enumerate([*KINDS, *KINDS]):
            database.statements, passwords.compared = [], 0
            status = (await ask(kind, number)).status_code
            done[kind] = (status, passwords.compared, database.statements)
    finally:
        passwords.close()
        await database.close()
    return done


async def test_the_same_statements_and_one_hash_whoever_it_is(people: ServedAuth) -> None:
    done = await work_of(people, partial(sign_in, people))

    assert done["unknown"][:2] == (401, 1)
    assert len(done["unknown"][2]) > 10
    assert done["existing"] == done["unknown"] == done["suspended"]


NETWORKS = {"existing": "93.186.1", "unknown": "93.186.2", "suspended": "93.186.3"}


async def from_the_neighbour(served: ServedAuth, kind: str, last: int, **body: str) -> httpx2.Response:
    somewhere = {"x-forwarded-for": f"{NETWORKS[kind]}.{last}", "x-request-id": "one-id-for-all"}
    return await served.browser().post_json("/api/auth/login", KINDS[kind] | body, **somewhere)


async def used_up(served: ServedAuth) -> None:
    """Let the owner sign in at home, and strangers elsewhere use everybody's guesses up."""
    assert (await from_the_neighbour(served, "existing", 1, password=PASSWORD)).status_code == 200
    for kind, body in KINDS.items():
        statuses = []
        for number in range(12):
            strange = {"x-forwarded-for": f"93.187.{number}.9"}
            answer = await served.browser().post_json("/api/auth/login", body, **strange)
            statuses.append(answer.status_code)
        assert statuses[-1] == 429, kind


async def test_a_neighbour_of_the_owner_learns_nothing_and_does_not_keep_them_out(people: ServedAuth) -> None:
    await used_up(people)

    told_of = {kind: [told(await from_the_neighbour(people, kind, 7 + n // 4)) for n in range(12)] for kind in KINDS}

    assert {status for status, _, _ in told_of["unknown"]} == {429}
    assert told_of["existing"] == told_of["unknown"] == told_of["suspended"]


async def test_while_strangers_guess_the_owner_gets_in_where_they_are_known(people: ServedAuth) -> None:
    await used_up(people)
    assert (await from_the_neighbour(people, "existing", 7)).status_code == 429

    right = await from_the_neighbour(people, "existing", 1, password=PASSWORD)
    strange = await people.browser().post_json(
        "/api/auth/login", KINDS["existing"] | {"password": PASSWORD}, **{"x-forwarded-for": "93.188.1.1"}
    )

    assert (right.status_code, strange.status_code) == (200, 429)


async def test_guesses_from_next_door_show_elsewhere_as_they_do_for_nobodys_account(people: ServedAuth) -> None:
    assert (await from_the_neighbour(people, "existing", 1, password=PASSWORD)).status_code == 200
    seen = {}
    for kind, body in KINDS.items():
        for number in range(10):
            await from_the_neighbour(people, kind, number)
        elsewhere = {"x-forwarded-for": "93.188.1.1", "x-request-id": "one-id-for-all"}
        seen[kind] = told(await people.browser().post_json("/api/auth/login", body, **elsewhere))

    assert seen["unknown"][0] == 429
    assert seen["existing"] == seen["unknown"] == seen["suspended"]


async def test_a_neighbour_costs_the_same_statements_and_one_hash_whoever_it_is(people: ServedAuth) -> None:
    await used_up(people)
    done = await work_of(people, lambda kind, number: from_the_neighbour(people, kind, 7 + number))

    assert done["unknown"][:2] == (429, 1)
    assert done["existing"] == done["unknown"] == done["suspended"]


async def test_a_neighbour_learns_nothing_from_the_clock_either(people: ServedAuth) -> None:
    await used_up(people)

    async def ask(kind: str, number: int) -> httpx2.Response:
        await people.auth.database.execute("DELETE FROM rate_buckets WHERE key NOT LIKE 'login:account:%'")
        return await from_the_neighbour(people, kind, number % 250)

    seen = await interleaved(list(KINDS), ask)

    assert [status for status, _, _ in seen.answers] == [429]
    assert seen.difference == ""


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
