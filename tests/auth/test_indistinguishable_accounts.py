"""Nothing in an answer tells whether an account exists: not its bytes, not its headers, not the time, not the work."""

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from math import erfc, sqrt
from statistics import median, stdev
from time import perf_counter
from typing import Any

import httpx2
import pytest

from emergence.auth.passwords import Passwords
from emergence.kernel.storage.database import Database, Transaction
from tests.auth.served_auth import PASSWORD, ServedAuth, auth_environ, served_auth

KINDS = {
    "existing": {"email": "ada@example.org", "password": "not the right password"},
    "unknown": {"email": "eva@example.org", "password": "not the right password"},
    "suspended": {"email": "bob@example.org", "password": PASSWORD},
}
SIGN_INS = 400
ROUNDS = 3  # the machine is shared: a difference that is ours stays when there is more to compare


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


def difference(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the p-value of Mann and Whitney's U test, two-sided, by its normal approximation (no ties in times)."""
    ranked = sorted([(time, 0) for time in one] + [(time, 1) for time in other])
    ranks = sum(rank for rank, (_, which) in enumerate(ranked, 1) if which == 0)
    n, m = len(one), len(other)
    u = ranks - n * (n + 1) / 2
    z = (u - n * m / 2) / sqrt(n * m * (n + m + 1) / 12)
    return erfc(abs(z) / sqrt(2))


def test_the_test_of_differences_finds_one() -> None:
    chance = random.Random(7)
    first = [chance.gauss(40, 4) for _ in range(130)]

    assert difference(first, [chance.gauss(40, 4) for _ in range(130)]) > 0.01
    assert difference(first, [chance.gauss(42.5, 4) for _ in range(130)]) < 0.01
    same, slower = ([chance.gauss(mean, 2) for _ in range(130)] for mean in (40, 44))
    assert compared({"unknown": same, "existing": [chance.gauss(40, 2) for _ in same], "suspended": same}) == ""
    assert compared({"unknown": same, "existing": same, "suspended": slower}).startswith("suspended: p 0.0000")


@pytest.fixture
async def people(database_url: str) -> AsyncIterator[ServedAuth]:
    async with served_auth(auth_environ(database_url, AUTH_TRUSTED_HOPS="1", AUTH_CLAIM="code")) as served:
        await served.claimed()
        await served.person("bob@example.org")
        await served.auth.database.execute(
            "UPDATE users SET status = 'suspended' WHERE id = (SELECT user_id FROM user_emails WHERE email_norm = $1)",
            "bob@example.org",
        )
        yield served


async def sign_in(served: ServedAuth, kind: str, number: int) -> httpx2.Response:
    served.clock.advance(timedelta(days=2))  # nobody's guesses add up
    from_somewhere = {"x-forwarded-for": f"93.184.{number // 250}.{number % 250}", "x-request-id": "one-id-for-all"}
    return await served.browser().post_json("/api/auth/login", KINDS[kind], **from_somewhere)


def told(answer: httpx2.Response) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    return answer.status_code, tuple(sorted(answer.headers.items())), answer.content


async def test_four_hundred_interleaved_sign_ins_are_told_apart_by_nothing(people: ServedAuth) -> None:
    answers: set[object] = set()
    found = ""
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for turn in range(ROUNDS):
        for number in range(SIGN_INS // len(KINDS)):
            for kind in random.sample(list(KINDS), len(KINDS)):
                started = perf_counter()
                answer = await sign_in(people, kind, turn * SIGN_INS + number)
                times[kind].append(perf_counter() - started)
                answers.add(told(answer))
        found = compared(times)
        if not found:
            break
    assert len(answers) == 1
    assert next(iter(answers))[0] == 401  # type: ignore[index]
    assert found == ""


def compared(times: dict[str, list[float]]) -> str:
    """Return how existing and suspended accounts differ in time from unknown ones; nothing when they do not.

    A gap between medians counts when it is 5 % for sure: by more than two standard errors, small on a calm machine.
    """
    differing, unknown = [], times["unknown"]
    for kind in ("existing", "suspended"):
        gap = gap_between(times[kind], unknown)
        p = difference(times[kind], unknown)
        if p <= 0.01 or gap - 2 * error_of_gap(times[kind], unknown) >= 0.05:
            differing.append(f"{kind}: p {p:.4f}, medians differ by {gap:.1%}")
    return "; ".join(differing)


def gap_between(one: Sequence[float], other: Sequence[float]) -> float:
    return abs(median(one) - median(other)) / median(other)


def error_of_gap(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the standard error of the gap between medians, by two hundred resamples (bootstrap)."""
    chance = random.Random(1)
    medians = [
        (median(chance.choices(one, k=len(one))) - median(chance.choices(other, k=len(other)))) / median(other)
        for _ in range(200)
    ]
    return stdev(medians)


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
