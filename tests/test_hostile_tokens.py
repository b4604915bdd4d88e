"""Every hostile token at a route of each service and at the socket: refused, quickly, and never an error of ours."""

import hmac
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from time import process_time
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from joserfc.jwk import OKPKey
from websockets.exceptions import ConnectionClosed, InvalidStatus

from emergence.auth.callers import Caller
from emergence.auth.log_in import BY_PASSWORD
from emergence.auth.open_session import granted, open_session
from emergence.auth.parts import Auth
from emergence.auth.store import users
from emergence.auth.store.users import Account
from emergence.composition import build_process
from emergence.contracts.auth.values import Role
from emergence.gateway.app import Gateway
from emergence.kernel.ids import new_id
from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.shared_secret import shared_secret_key
from emergence.kernel.surroundings import Surroundings
from tests.auth.served_auth import auth_environ
from tests.frozen_clock import FrozenClock
from tests.kernel.access_tokens import TokenMint, base64url
from tests.kernel.hostile_tokens import HOSTILE
from tests.served_app import NO_CERTIFICATES, served
from tests.session.live_client import raw_socket

ENDPOINTS = ("/api/auth/session", "/api/threads", "/api/agents")
CPU_LIMIT_S = 0.05
REFUSALS = {401, 431}  # a header of 300 kB is refused before anybody reads the token
# What no client can put into a header is refused by the verifier's own test.
SENDABLE = [name for name in HOSTILE if name not in ("empty", "newline at the end", "digits of another script")]
LEAST = 45
TOKEN = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)  # RFC 9110 §5.6.2: what a subprotocol may consist of


class RealMint(TokenMint):
    """Signs with auth's own key, for a login session that exists: only what is bent is wrong."""

    def __init__(self, key: OKPKey, kid: str, account: Account, session_id: object) -> None:
        super().__init__(FrozenClock(datetime.now(UTC)), kid)
        self.key = key
        self._bearer = {"sub": str(account.user_id), "sid": str(session_id)}

    def claims(self) -> dict[str, object]:
        return super().claims() | self._bearer


@dataclass
class Deployment:
    url: str
    auth: Auth
    client: httpx2.AsyncClient

    async def mint(self) -> RealMint:
        account = Account(new_id(), "ada", Role.MEMBER, True, None)
        async with self.auth.database.transaction() as tx:
            await users.add_user(tx, account, self.auth.clock.now())
            opened = await open_session(self.auth, tx, account.user_id, BY_PASSWORD, Caller(None, None, False))
        await granted(self.auth, opened.session, opened.account)
        key = await self.auth.keys.active()
        assert isinstance(key.key, OKPKey)
        return RealMint(key.key, key.kid, account, opened.session.id)

    async def get(self, path: str, token: str) -> httpx2.Response:
        return await self.client.get(self.url + path, headers={"authorization": f"Bearer {token}"})


@pytest.fixture
async def deployment(database_url: str) -> AsyncIterator[Deployment]:
    environ = auth_environ(database_url, CHAT_BUILTIN_MODEL="false", DATABASE_POOL_SIZE="4")
    process = build_process(["auth", "chat", "session", "gateway"], Surroundings(environ=environ), {})
    assert isinstance(process, Gateway)
    auth_app = process.backends["auth"]
    assert isinstance(auth_app, FastAPI)
    async with served(process) as url, httpx2.AsyncClient(trust_env=False, verify=NO_CERTIFICATES) as client:
        yield Deployment(url, auth_app.state.auth, client)


def test_the_list_is_long_enough() -> None:
    assert len(SENDABLE) >= LEAST


async def test_no_hostile_token_opens_a_route_of_any_service(deployment: Deployment) -> None:
    mint, slow = await deployment.mint(), []
    for endpoint in ENDPOINTS:
        assert (await deployment.get(endpoint, mint.token())).status_code == 200
        for name in SENDABLE:
            mint.clock = FrozenClock(datetime.now(UTC))  # ten seconds are long enough to become valid
            token = HOSTILE[name](mint)
            for last in (False, False, True):  # a pause of the collector is not the token's: what is slow is slow again
                began = process_time()
                answer = await deployment.get(endpoint, token)
                took_s = process_time() - began
                assert answer.status_code in REFUSALS, (endpoint, name, answer.status_code)
                if took_s <= CPU_LIMIT_S:
                    break
                if last:
                    slow.append((endpoint, name, round(took_s, 3)))

    assert slow == []


async def test_no_token_opens_a_socket_only_a_ticket_does(deployment: Deployment) -> None:
    mint, wrong = await deployment.mint(), []
    bent: dict[str, Any] = {name: HOSTILE[name](mint) for name in SENDABLE} | {"a good token": mint.token()}
    offered = {name: token for name, token in bent.items() if TOKEN.fullmatch(token)}
    assert len(offered) >= LEAST
    for name, token in offered.items():
        outcome: object
        try:
            async with raw_socket(deployment.url + "/ws", ["emergence.v1", f"ticket.{token}"]) as socket:
                with pytest.raises(ConnectionClosed):
                    await socket.send(json.dumps({"cmd": "hello", "client": "x", "protocols": ["emergence.v1"]}))
                    await socket.recv()
                outcome = socket.close_code
        except InvalidStatus as refused:
            outcome = refused.response.status_code
        if outcome not in (4401, 400, 431):
            wrong.append((name, outcome))

    assert wrong == []
    assert (await deployment.client.get(f"{deployment.url}/api/health")).status_code == 200


def signed_by_secret(mint: TokenMint, secret: bytes, kid: str) -> str:
    header = base64url(json.dumps({"alg": "HS256", "typ": "at+jwt", "kid": kid}).encode())
    signing_input = f"{header}.{base64url(json.dumps(mint.claims()).encode())}"
    return f"{signing_input}.{base64url(hmac.digest(secret, signing_input.encode(), sha256))}"


async def test_nothing_that_a_verifier_is_given_can_sign(deployment: Deployment) -> None:
    """Session and chat have the secret of services and the published key; AUTH_JWT_SECRET itself signs nothing."""
    mint, settings = await deployment.mint(), deployment.auth.settings
    (published,) = (await deployment.client.get(f"{deployment.url}/.well-known/jwks.json")).json()["keys"]
    secrets = [settings.emergence_service_secret, settings.auth_jwt_secret]
    known = [secret.get_secret_value().encode() for secret in secrets] + [published["x"].encode()]
    kids = [published["kid"], shared_secret_key(settings.auth_jwt_secret).kid]
    service_token = ServiceTokens(settings.emergence_service_secret.get_secret_value(), "session").token_for("auth")
    forged = [signed_by_secret(mint, secret, kid) for secret in known for kid in kids]

    assert "d" not in published
    for endpoint in ENDPOINTS:
        for token in (*forged, service_token):
            assert (await deployment.get(endpoint, token)).status_code == 401


async def test_no_token_in_an_address_is_looked_at(deployment: Deployment) -> None:
    mint = await deployment.mint()
    for endpoint in ENDPOINTS:
        answer = await deployment.client.get(f"{deployment.url}{endpoint}?access_token={mint.token()}")
        assert answer.status_code == 401
