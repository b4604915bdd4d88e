"""Signing keys: published before they sign, one at a time, believed while tokens live, gone at once if stolen."""

import asyncio
import json
from base64 import urlsafe_b64decode
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from emergence.auth.rotate_keys import advance_keys
from emergence.auth.store import keys as store
from emergence.auth.store.keys import StoredKey
from emergence.auth.sweep import sweep
from emergence.contracts.auth.client import access_token_verifier
from emergence.kernel.errors import Unauthenticated
from emergence.kernel.identity import AccessTokenVerifier
from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.shared_secret import shared_secret_key
from emergence.kernel.wire.in_process import InProcess
from emergence.kernel.wire.peers import Peers
from tests.auth.served_auth import ADMINISTRATOR, PASSWORD, Browser, ServedAuth, auth_environ, bearer, served_auth

ROTATE = "/api/auth/admin/keys/rotate"
PERIOD, LEAD = timedelta(days=90), timedelta(minutes=15)
MINUTE = timedelta(minutes=1)
LOG_IN = {"email": ADMINISTRATOR["email"], "password": PASSWORD}


def peers_of(served: ServedAuth) -> Peers:
    secret = served.auth.settings.emergence_service_secret.get_secret_value()
    return Peers({"auth": InProcess(served.app, service="auth", tokens=ServiceTokens(secret, "session"))})


def verifier(served: ServedAuth, **context: Any) -> AccessTokenVerifier:
    return access_token_verifier(peers_of(served), served.clock, **context)


async def accepts(verifier: AccessTokenVerifier, token: str) -> bool:
    try:
        await verifier.verify(token)
    except Unauthenticated:
        return False
    return True


async def stored(served: ServedAuth) -> list[StoredKey]:
    async with served.auth.database.transaction() as tx:
        return await store.read_keys(tx)


async def states(served: ServedAuth) -> list[str]:
    return [row.state for row in await stored(served)]


def claims_of(signed_in: dict[str, Any]) -> dict[str, Any]:
    payload = signed_in["access_token"].split(".")[1]
    claims: dict[str, Any] = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


async def refuses(served: ServedAuth, signed_in: dict[str, Any]) -> None:
    while (await served.browser().get("/api/auth/session", headers=bearer(signed_in))).status_code != 401:  # noqa: ASYNC110
        await asyncio.sleep(0.02)


async def renewed(browser: Browser) -> str:
    answer = await browser.post_json("/api/auth/refresh")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def test_a_key_is_followed_by_the_next_without_anybody_doing_anything(served: ServedAuth) -> None:
    (first,) = await stored(served)
    served.clock.advance(PERIOD - LEAD - MINUTE)
    await sweep(served.auth)
    assert await states(served) == ["active"]

    served.clock.advance(MINUTE)
    await sweep(served.auth)
    assert await states(served) == ["active", "next"]
    assert len((await served.auth.keys.published()).keys) == 2
    assert (await served.auth.keys.active()).kid == first.kid

    served.clock.advance(LEAD)
    await sweep(served.auth)
    retired, active = await stored(served)
    assert [retired.state, active.state] == ["retired", "active"]
    assert (await served.auth.keys.active()).kid == active.kid != first.kid
    assert retired.private_enc is None

    served.clock.advance(timedelta(minutes=10))
    await sweep(served.auth)
    assert [row.kid for row in await stored(served)] == [active.kid]
    events = await served.auth.database.fetch("SELECT type FROM audit_log ORDER BY seq")
    named = ["token.key_published", "token.key_retired", "token.key_activated", "token.key_purged"]
    assert [row["type"] for row in events] == named


async def test_instances_that_look_at_once_make_one_key(database_url: str) -> None:
    async with served_auth(auth_environ(database_url)) as one, served_auth(auth_environ(database_url)) as two:
        for served in (one, two):
            served.clock.advance(PERIOD)
        await asyncio.gather(*(advance_keys(each.auth) for each in (one, two, one, two)))

        assert Counter(await states(one)) == {"active": 1, "next": 1}


async def test_no_good_token_is_refused_while_keys_follow_each_other(served: ServedAuth) -> None:
    """Four rotations, one after another; three verifiers that fetched at different times; tokens of every minute."""
    browser, _ = await served.claimed()
    tokens: list[tuple[int, str]] = []
    verifiers = [verifier(served) for _ in range(3)]
    kids, refused = set(), 0
    for minute in range(80):
        if minute % 20 == 0:
            now = {"authorization": f"Bearer {await renewed(browser)}"}
            ada = (await browser.post_json("/api/auth/step-up", {"password": PASSWORD}, **now)).json()
            rotated = await browser.post_json(ROTATE, **bearer(ada))
            assert rotated.status_code == 200, rotated.text
        token = await renewed(browser)
        tokens = [*((made, each) for made, each in tokens if minute - made < 5), (minute, token)]
        for place, each in enumerate(verifiers):
            if minute % (place + 1) == 0:
                refused += sum([not await accepts(each, token) for _, token in tokens])
                kids |= {(await each.verify(token)).key_id for _, token in tokens}
        served.clock.advance(MINUTE)
        await sweep(served.auth)

    assert refused == 0
    assert len(kids) == 5


async def test_an_administrator_begins_a_rotation_once(served: ServedAuth) -> None:
    browser, ada = await served.claimed()

    first = (await browser.post_json(ROTATE, **bearer(ada))).json()["keys"]
    second = (await browser.post_json(ROTATE, **bearer(ada))).json()["keys"]
    listed = (await browser.get("/api/auth/admin/keys", headers=bearer(ada))).json()

    assert first == second == listed["keys"]
    assert sorted(key["state"] for key in first) == ["active", "next"]
    assert listed["replaced_every_days"] == 90
    served.clock.advance(timedelta(minutes=11))
    assert (await browser.post_json(ROTATE, **bearer(ada))).status_code == 401


async def test_stolen_keys_are_gone_at_once_on_every_instance(database_url: str) -> None:
    async with served_auth(auth_environ(database_url)) as one, served_auth(auth_environ(database_url)) as two:
        browser, ada = await one.claimed()
        await browser.post_json(ROTATE, **bearer(ada))
        before = {row.kid for row in await stored(one)}
        assert (await two.browser().get("/api/auth/session", headers=bearer(ada))).status_code == 200

        answer = await browser.post_json(f"{ROTATE}?compromised=true", **bearer(ada))

        assert answer.status_code == 200, answer.text
        async with asyncio.timeout(2):
            await asyncio.gather(refuses(one, ada), refuses(two, ada))
        rows = await one.auth.database.fetch("SELECT kind, ref FROM revocations")
        assert {(row["kind"], row["ref"]) for row in rows} == {("key", kid) for kid in before}
        new = await renewed(browser)
        for served in (one, two):
            session = await served.browser().get("/api/auth/session", headers={"authorization": f"Bearer {new}"})
            assert session.status_code == 200
        events = await one.auth.database.fetch("SELECT type FROM audit_log WHERE type = 'token.keys_withdrawn'")
        assert len(events) == 1


async def test_keys_read_before_a_change_are_not_held_after_it(
    served: ServedAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    await served.claimed()
    keys, is_read, is_replaced = served.auth.keys, asyncio.Event(), asyncio.Event()
    read = keys._read

    async def read_slowly() -> Any:
        found = await read()
        is_read.set()
        await is_replaced.wait()
        return found

    old = await keys.active()
    keys.forget()
    monkeypatch.setattr(keys, "_read", read_slowly)
    reading = asyncio.create_task(keys.active())
    await is_read.wait()
    monkeypatch.undo()
    keys.forget()
    async with served.auth.database.transaction() as tx:
        await tx.execute("DELETE FROM signing_keys")
    is_replaced.set()

    assert (await reading).kid == old.kid
    assert (await keys.active()).kid != old.kid


async def test_another_algorithm_signs_once_verifiers_know_its_key(database_url: str) -> None:
    async with served_auth(auth_environ(database_url)) as served:
        await served.claimed()
    async with served_auth(auth_environ(database_url, AUTH_TOKEN_ALG="ES256")) as served:
        browser = served.browser()
        await advance_keys(served.auth)
        assert (await served.auth.keys.active()).algorithm == "EdDSA"
        served.clock.advance(LEAD)
        await advance_keys(served.auth)

        assert (await served.auth.keys.active()).algorithm == "ES256"
        answer = await browser.post_json("/api/auth/login", LOG_IN)
        assert await accepts(verifier(served), answer.json()["access_token"])
        assert {row.alg: row.state for row in await stored(served)} == {"EdDSA": "retired", "ES256": "active"}


async def test_a_shared_secret_signs_and_is_published_nowhere(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, AUTH_TOKEN_ALG="HS256")) as served:
        browser, ada = await served.claimed()
        shared = shared_secret_key(served.auth.settings.auth_jwt_secret)
        key_set = (await browser.get("/.well-known/jwks.json")).json()
        other = shared_secret_key(served.auth.settings.emergence_service_secret)

        assert {key["alg"] for key in key_set["keys"]} == {"EdDSA"}
        assert (await browser.get("/api/auth/session", headers=bearer(ada))).status_code == 200
        assert await accepts(verifier(served, shared_key=shared), ada["access_token"])
        assert not await accepts(verifier(served, shared_key=other), ada["access_token"])
        assert not await accepts(verifier(served), ada["access_token"])
        rotated = await browser.post_json(f"{ROTATE}?compromised=true", **bearer(ada))
        assert (rotated.status_code, rotated.json()["code"]) == (409, "shared_secret_signs")


async def test_from_a_shared_secret_to_keys_verifiers_that_know_both_refuse_nothing(database_url: str) -> None:
    async with served_auth(auth_environ(database_url, AUTH_TOKEN_ALG="HS256")) as served:
        _, before = await served.claimed()
        shared = shared_secret_key(served.auth.settings.auth_jwt_secret)
    async with served_auth(auth_environ(database_url)) as served:
        after = (await served.browser().post_json("/api/auth/login", LOG_IN)).json()
        both = verifier(served, shared_key=shared)

        assert [await accepts(both, each["access_token"]) for each in (before, after)] == [True, True]
        assert [await accepts(verifier(served), each["access_token"]) for each in (before, after)] == [False, True]


async def test_the_key_set_is_cached_by_its_tag(served: ServedAuth) -> None:
    browser, ada = await served.claimed()
    first = await browser.get("/.well-known/jwks.json")
    tag = first.headers["etag"]

    same = await browser.get("/.well-known/jwks.json", headers={"if-none-match": f'W/{tag}, "other"'})
    await browser.post_json(ROTATE, **bearer(ada))
    changed = await browser.get("/.well-known/jwks.json", headers={"if-none-match": tag})

    assert first.headers["cache-control"] == "public, max-age=300"
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert (changed.status_code, len(changed.json()["keys"])) == (200, 2)
    assert all("d" not in key for key in changed.json()["keys"])


async def test_the_servers_description_says_what_is_so(served: ServedAuth) -> None:
    browser, ada = await served.claimed()

    described = (await browser.get("/.well-known/oauth-authorization-server")).json()

    assert described["issuer"] == claims_of(ada)["iss"]
    assert (await browser.get(described["jwks_uri"])).status_code == 200
    for name in ("introspection_endpoint", "revocation_endpoint"):
        assert (await browser.post(described[name], data={"token": "x"})).status_code == 401
    assert described["access_token_signing_alg_values_supported"] == ["EdDSA"]
    assert (described["grant_types_supported"], described["response_types_supported"]) == (["client_credentials"], [])


@pytest.mark.parametrize("asked", ["", "1"])
async def test_the_address_stands_in_the_token_only_where_older_clients_need_it(database_url: str, asked: str) -> None:
    async with served_auth(auth_environ(database_url, AUTH_COMPAT_CLAIMS=asked)) as served:
        _, ada = await served.claimed()

        assert claims_of(ada).get("email") == ("Ada@Example.org" if asked else None)
