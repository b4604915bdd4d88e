"""What a program sees of Google: keys that verify its identity tokens, and the metadata server beside a process."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import RSAKey

from emergence.kernel.clock import Clock, SystemClock

METADATA = "/computeMetadata/v1/instance/service-accounts/default"


def private_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65_537, bits)


@dataclass
class ScriptedGoogle:
    """Signs as Google does for `account`, and publishes its keys at `address`."""

    audience: str
    account: str
    clock: Clock = field(default_factory=SystemClock)
    key: rsa.RSAPrivateKey = field(default_factory=private_key)
    address: str = ""
    asked: int = 0
    body: bytes | None = None
    status: int = 200

    def claims(self, **changes: object) -> dict[str, object]:
        now = int(self.clock.now().timestamp())
        claims: dict[str, object] = {
            "iss": "https://accounts.google.com",
            "aud": self.audience,
            "azp": "104512345678901234567",
            "sub": "104512345678901234567",
            "email": self.account,
            "email_verified": True,
            "iat": now,
            "exp": now + 3600,
        }
        return {name: value for name, value in (claims | changes).items() if value is not None}

    def token(self, header: dict[str, Any] | None = None, **changes: object) -> str:
        payload = json.dumps(self.claims(**changes)).encode()
        return jwt.PyJWS().encode(payload, self.key, "RS256", {"kid": "g1", "typ": "JWT"} | (header or {}))

    async def publish(self, _: web.Request) -> web.Response:
        self.asked += 1
        public = RSAKey.import_key(self.key.public_key()).as_dict(private=False)
        keys = {"keys": [{**public, "kid": "g1", "alg": "RS256", "use": "sig"}]}
        return web.Response(status=self.status, body=self.body or json.dumps(keys).encode())

    @asynccontextmanager
    async def publishing(self) -> AsyncIterator[None]:
        app = web.Application()
        app.router.add_get("/certs", self.publish)
        async with serving(app) as host:
            self.address = f"http://{host}/certs"
            yield


@dataclass
class ScriptedMetadata:
    """The metadata server: gives `access-1`, `access-2`, … for an hour each, and identity tokens of `account`."""

    account: str = "session@test-project.iam.gserviceaccount.com"
    clock: Clock = field(default_factory=SystemClock)
    asked: int = 0
    status: int = 200
    body: bytes | None = None

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get(f"{METADATA}/token", self._access_token)
        app.router.add_get(f"{METADATA}/identity", self._identity_token)
        return app

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Yield host and port, for GCE_METADATA_HOST."""
        async with serving(self.app()) as host:
            yield host

    async def _access_token(self, request: web.Request) -> web.Response:
        return self._answer(request, f'{{"access_token": "access-{self.asked + 1}", "expires_in": 3599}}')

    async def _identity_token(self, request: web.Request) -> web.Response:
        assert request.query["format"] == "full", "else it does not say whose account it is"
        return self._answer(request, ScriptedGoogle(request.query["audience"], self.account, self.clock).token())

    def _answer(self, request: web.Request, said: str) -> web.Response:
        assert request.headers["metadata-flavor"] == "Google", "without it the server answers nobody"
        self.asked += 1
        return web.Response(status=self.status, body=said.encode() if self.body is None else self.body)


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    """Serve an app on loopback; yield its host and port."""
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
