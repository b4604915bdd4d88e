"""An OpenID provider on loopback that does what a test says: honest by default, hostile on request."""

import asyncio
import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urlsplit
from uuid import uuid4

from joserfc import jws
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from emergence.kernel.clock import Clock
from tests.served_app import served

CLIENT_ID, CLIENT_SECRET = "emergence & co", "s3cret: ü+/%"
PKEY: dict[str, Callable[[], Key]] = {
    "RS256": lambda: RSAKey.generate_key(2048),
    "ES256": lambda: ECKey.generate_key("P-256"),
    "EdDSA": lambda: OKPKey.generate_key("Ed25519"),
}
Claims = dict[str, Any]


def text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def unsigned(claims: Claims, header: Claims) -> str:
    return f"{text(json.dumps(header).encode())}.{text(json.dumps(claims).encode())}"


@dataclass
class PublishedKey:
    """A key with the algorithm it signs for, and how it stands in the key set."""

    kid: str
    alg: str
    key: Key
    hidden: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        full = {**self.key.as_dict(private=False), "kid": self.kid, "alg": self.alg, "use": "sig"}
        return {name: value for name, value in full.items() if name not in self.hidden}

    def sign(self, claims: Claims, **header: Any) -> str:
        return jws.serialize_compact(
            {name: value for name, value in ({"alg": self.alg, "kid": self.kid} | header).items() if value is not None},
            json.dumps(claims).encode(),
            self.key,
            algorithms=["RS256", "ES256", "EdDSA", "HS256"],
        )


def new_key(alg: str = "ES256", kid: str | None = None, hidden: tuple[str, ...] = ()) -> PublishedKey:
    return PublishedKey(kid or uuid4().hex, alg, PKEY[alg](), hidden)


@dataclass
class OpenIdProvider:
    """What it knows, what it was asked, and how it misbehaves; the address is set once it listens."""

    clock: Clock
    issuer: str = ""
    keys: list[PublishedKey] = field(default_factory=lambda: [new_key()])
    extra_keys: list[Any] = field(default_factory=list)
    person: Claims = field(default_factory=lambda: {"sub": "ada-1", "email": "ada@example.org", "email_verified": True})
    in_id_token: bool = True
    change_metadata: Callable[[Claims], Any] = lambda members: members
    change_claims: Callable[[Claims], Any] = lambda claims: None
    make_token: Callable[[Claims], str] | None = None
    discover: Callable[[Request], Any] | None = None  # answers in place of the discovery document
    are_keys_away: bool = False
    userinfo_sub: str | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def claims(self, nonce: str, access_token: str = "at") -> Claims:
        now = int(self.clock.now().timestamp())
        half = sha256(access_token.encode()).digest()[:16]
        known = self.person if self.in_id_token else {"sub": self.person["sub"]}
        own = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce, "auth_time": now}
        if self.keys[0].alg != "EdDSA":
            own["at_hash"] = text(half)
        return own | known

    def approve(self, location: str, **person: Any) -> dict[str, str]:
        """Be the person who agrees: return what their browser brings back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        self.person = self.person | person
        code = uuid4().hex
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def app(self) -> Starlette:
        paths = {
            "/.well-known/openid-configuration": self._discovery,
            "/authorize": self._authorize,
            "/keys": self._keys,
            "/token": self._token,
            "/userinfo": self._userinfo,
        }
        return Starlette(routes=[Route(path, answer, methods=["GET", "POST"]) for path, answer in paths.items()])

    async def _discovery(self, request: Request) -> Response:
        self.asked.append("discovery")
        if self.discover is not None:
            given = self.discover(request)
            answer: Response = await given if asyncio.iscoroutine(given) else given
            return answer
        members = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=1",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "authorization_response_iss_parameter_supported": True,
        }
        return JSONResponse(self.change_metadata(members))

    async def _authorize(self, request: Request) -> Response:
        brought = urlencode(self.approve(str(request.url)))
        return RedirectResponse(f"{request.query_params['redirect_uri']}?{brought}", 302)

    async def _keys(self, _: Request) -> Response:
        self.asked.append("keys")
        if self.are_keys_away:
            return JSONResponse({}, 503)
        return JSONResponse({"keys": [*self.extra_keys, *(key.document() for key in self.keys)]})

    async def _token(self, request: Request) -> Response:
        self.asked.append("token")
        form = dict(parse_qsl((await request.body()).decode()))
        asked = self.codes.pop(form.get("code", ""), None)
        if not _is_client(request, form):
            return JSONResponse({"error": "invalid_client"}, 401)
        challenge = text(sha256(form["code_verifier"].encode()).digest())
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        claims = self.claims(asked["nonce"])
        self.change_claims(claims)
        token = self.make_token(claims) if self.make_token else self.keys[0].sign(claims)
        return JSONResponse({"access_token": "at", "token_type": "Bearer", "id_token": token})

    async def _userinfo(self, request: Request) -> Response:
        self.asked.append("userinfo")
        assert request.headers["authorization"] == "Bearer at"
        return JSONResponse(self.person | {"sub": self.userinfo_sub or self.person["sub"]})


def _is_client(request: Request, form: dict[str, str]) -> bool:
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme == "Basic":
        name, _, secret = b64decode(credentials).decode().partition(":")
        return (unquote_plus(name), unquote_plus(secret)) == (CLIENT_ID, CLIENT_SECRET)
    return (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)


@asynccontextmanager
async def open_id_provider(clock: Clock) -> AsyncIterator[OpenIdProvider]:
    provider = OpenIdProvider(clock)
    async with served(provider.app()) as url:
        provider.issuer = url
        yield provider
