"""A proof of work while many guesses are being made: solved by a browser, used once, never invented."""

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from altcha import Challenge, Payload, solve_challenge

from emergence.auth.app import build_parts
from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.prove_work import new_challenge, require_work_when_under_attack
from emergence.auth.settings import AuthSettings
from emergence.auth.sweep import sweep
from emergence.contracts.auth.problems import ProofOfWorkRequired
from emergence.kernel.revocations import Revocations
from tests.auth.served_auth import PASSWORD, PUBLIC_URL, ServedAuth, auth_environ, served_auth
from tests.auth.test_limits_at_scale import address, fill_everybodys

ADA = {"email": "ada@example.org", "password": PASSWORD}
HOPS = {"AUTH_TRUSTED_HOPS": "1", "AUTH_CLAIM": "code"}


def environ_of(database_url: str) -> dict[str, str]:
    return auth_environ(database_url, EMERGENCE_PUBLIC_URL=PUBLIC_URL, **HOPS)


def solved(challenge: dict[str, Any]) -> str:
    """Return what a browser sends back."""
    asked = Challenge.from_dict(challenge)
    solution = solve_challenge(asked)
    assert solution is not None
    return Payload(asked, solution).to_base64()


async def log_in(served: ServedAuth, number: int = 1, **body: Any) -> Any:
    return await served.browser().post_json("/api/auth/login", ADA | body, **address(number))


async def attacked(served: ServedAuth) -> None:
    await served.claimed()
    await fill_everybodys(served, 501)


async def test_under_attack_a_sign_in_costs_work_and_the_challenge_comes_with_the_refusal(database_url: str) -> None:
    async with served_auth(environ_of(database_url)) as served:
        await served.claimed()
        await fill_everybodys(served, 499)
        assert (await log_in(served)).status_code == 200
        await fill_more(served, 3)

        refused = await log_in(served)
        accepted = await log_in(served, altcha=solved(refused.json()["challenge"]))

        assert (refused.status_code, refused.json()["code"]) == (428, "proof_of_work_required")
        assert refused.headers["cache-control"] == "no-store"
        assert accepted.status_code == 200


async def fill_more(served: ServedAuth, attempts: int) -> None:
    await served.auth.database.execute(
        "UPDATE rate_buckets SET tat = tat + $1::interval WHERE key = 'login:everybody'",
        timedelta(seconds=0.3) * attempts,
    )


async def test_an_address_that_used_up_its_guesses_works_for_each_further_one(database_url: str) -> None:
    async with served_auth(environ_of(database_url)) as served:
        await served.claimed()
        for number in range(10):
            assert (await log_in(served, email=f"s{number}@example.org")).status_code == 401
        served.clock.advance(timedelta(minutes=10))

        refused, elsewhere = await log_in(served), await log_in(served, 2)
        accepted = await log_in(served, altcha=solved(refused.json()["challenge"]))

        assert [refused.status_code, elsewhere.status_code, accepted.status_code] == [428, 200, 200]


async def test_work_is_asked_of_known_and_unknown_accounts_alike_and_not_of_known_devices(database_url: str) -> None:
    async with served_auth(environ_of(database_url)) as served:
        owner, _ = await served.claimed()
        await fill_everybodys(served, 600)

        known, unknown = await log_in(served), await log_in(served, email="nobody@example.org")

        assert known.status_code == unknown.status_code == 428
        assert known.json().keys() == unknown.json().keys()
        assert (await owner.post_json("/api/auth/login", ADA, **address(9))).status_code == 200


async def test_a_solution_counts_once_even_when_it_arrives_ten_times_at_once(database_url: str) -> None:
    async with served_auth(environ_of(database_url)) as served, served_auth(environ_of(database_url)) as other:
        await attacked(served)
        proof = solved((await served.browser().get("/api/auth/challenge")).json())

        answers = await asyncio.gather(*(log_in((served, other)[n % 2], n, altcha=proof) for n in range(10)))

        assert sorted(answer.status_code for answer in answers) == [200] + [428] * 9


async def test_a_challenge_is_good_for_ten_minutes(database_url: str) -> None:
    async with served_auth(environ_of(database_url)) as served:
        await attacked(served)
        proofs = [solved((await served.browser().get("/api/auth/challenge")).json()) for _ in range(2)]
        served.clock.advance(timedelta(minutes=9, seconds=59))
        await served.auth.database.execute("DELETE FROM rate_buckets")
        await fill_everybodys(served, 600)

        assert (await log_in(served, altcha=proofs[0])).status_code == 200
        served.clock.advance(timedelta(seconds=1))
        assert (await log_in(served, altcha=proofs[1])).status_code == 428
        served.clock.advance(timedelta(minutes=1))
        await sweep(served.auth)
        assert await served.auth.database.fetch("SELECT FROM spent_proofs") == []


FORGERIES: list[Callable[[dict[str, Any]], object]] = [
    lambda d: d["challenge"]["parameters"].update(cost=1),
    lambda d: d["challenge"]["parameters"]["data"].update(end=4_000_000_000),
    lambda d: d["challenge"]["parameters"].update(keyPrefix="00"),
    lambda d: d["challenge"]["parameters"].update(nonce="00" * 16),
    lambda d: d["challenge"]["parameters"].update(algorithm="SHA-256"),
    lambda d: d["challenge"].update(signature="0" * 64),
    lambda d: d["challenge"].pop("signature"),
    lambda d: d["challenge"].update(signature=7),
    lambda d: d["challenge"]["parameters"].pop("keySignature"),
    lambda d: d["solution"].update(derivedKey="0" * 64),
    lambda d: d["solution"].update(derivedKey=None),
    lambda d: d["solution"].pop("derivedKey"),
    lambda d: d.update(solution=[]),
    lambda d: d.update(challenge="x"),
    lambda d: d["challenge"].update(parameters=[]),
]


async def test_forged_and_malformed_proofs_are_worth_nothing(database_url: str) -> None:
    async with served_auth(environ_of(database_url)) as served:
        await attacked(served)
        genuine = solved((await served.browser().get("/api/auth/challenge")).json())
        written = []
        for forge in FORGERIES:
            document = json.loads(base64.b64decode(genuine))
            forge(document)
            written.append(base64.b64encode(json.dumps(document).encode()).decode())
        nonsense = ["", "x", "e30=", "bnVsbA==", "W10=", "\u00e9", base64.b64encode(b"[" * 2900).decode()]

        statuses = [(await log_in(served, n, altcha=each)).status_code for n, each in enumerate(written + nonsense)]

        assert statuses == [428] * len(statuses)
        assert (await log_in(served, altcha="x" * 4001)).status_code == 422
        assert (await log_in(served, altcha=genuine)).status_code == 200


async def test_another_deployments_challenge_is_worth_nothing(database_url: str) -> None:
    foreign = environ_of(database_url) | {"AUTH_JWT_SECRET": "77d1c3a9f0e84b52a6c81d3f5e92b704"}
    async with served_auth(environ_of(database_url)) as served:
        await attacked(served)
        theirs = solved(new_challenge(with_key_of(served.auth, foreign)).model_dump())

        assert (await log_in(served, altcha=theirs)).status_code == 428


def with_key_of(auth: Auth, environ: dict[str, str]) -> Auth:
    other = build_parts(AuthSettings.read(environ), auth.clock, auth.peers, Revocations(auth.clock))
    other.passwords.close()
    other.checks.close()
    return replace(auth, work_key=other.work_key)


async def test_no_work_is_asked_where_browsers_could_do_none(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, **HOPS)) as served:
        await attacked(served)

        assert (await log_in(served)).status_code == 200


async def test_work_that_was_not_asked_for_is_neither_checked_nor_used_up(database_url: str) -> None:
    async with served_auth(environ_of(database_url)) as served:
        await served.claimed()

        assert (await log_in(served, altcha="nonsense")).status_code == 200
        assert await served.auth.database.fetch("SELECT FROM spent_proofs") == []


@pytest.mark.parametrize("altcha", [None, "nonsense"])
async def test_other_routes_ask_by_the_same_function(database_url: str, altcha: str | None) -> None:
    async with served_auth(environ_of(database_url)) as served:
        nowhere = Caller(None, None, False)
        await require_work_when_under_attack(served.auth, altcha, nowhere)
        await fill_everybodys(served, 600)

        with pytest.raises(ProofOfWorkRequired) as asked:
            await require_work_when_under_attack(served.auth, altcha, nowhere)
        proof = solved(dict(asked.value.members["challenge"]))  # type: ignore[call-overload]
        await require_work_when_under_attack(served.auth, proof, nowhere)
