"""A service on another machine, as tests see it: its name, its key or secret, and how it asks for tokens."""

from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import ECKey, OKPKey

from emergence.auth.clients.register_client import add_client
from emergence.contracts.auth.service_clients import JWT_BEARER
from tests.auth.served_auth import PUBLIC_URL, ServedAuth

ENDPOINT = f"{PUBLIC_URL}/api/auth/token"
NAME = "session"


def own_key() -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": "one", "alg": "EdDSA", "use": "sig"})


def key_set(*keys: OKPKey | ECKey) -> dict[str, Any]:
    return {"keys": [key.as_dict(private=False) for key in keys]}


@dataclass(frozen=True)
class Held:
    """A registered client with a key of its own."""

    served: ServedAuth
    key: OKPKey = field(default_factory=own_key)

    def claims(self, **changes: object) -> dict[str, object]:
        now = int(self.served.clock.now().timestamp())
        claims: dict[str, object] = {
            "iss": NAME,
            "sub": NAME,
            "aud": ENDPOINT,
            "jti": str(uuid4()),
            "iat": now,
            "exp": now + 60,
        }
        return {name: value for name, value in (claims | changes).items() if value is not None}

    def assertion(self, header: dict[str, Any] | None = None, **changes: object) -> str:
        private = self.key.private_key
        assert isinstance(private, Ed25519PrivateKey)
        return jwt.encode(self.claims(**changes), private, "EdDSA", {"kid": "one"} | (header or {}))

    async def ask(self, assertion: str | None = None, **form: str) -> httpx2.Response:
        shown = {"client_assertion_type": JWT_BEARER, "client_assertion": assertion or self.assertion()}
        return await ask(self.served, shown | form)


async def ask(served: ServedAuth, form: dict[str, str], **headers: str) -> httpx2.Response:
    return await served.program().post(
        "/api/auth/token", data={"grant_type": "client_credentials"} | form, headers=headers
    )


def basic(name: str, secret: str) -> dict[str, str]:
    return {"authorization": f"Basic {b64encode(f'{name}:{secret}'.encode()).decode()}"}


async def with_secret(served: ServedAuth, name: str = NAME) -> str:
    secret = await add_client(served.auth, name, ["auth", "chat"])
    assert secret is not None
    return secret


async def audited(served: ServedAuth) -> list[tuple[str, str, str]]:
    rows = await served.auth.database.fetch("SELECT type, outcome, data FROM audit_log ORDER BY seq")
    return [tuple(row) for row in rows if row["type"].startswith(("token.", "admin.client"))]


def refusal(answer: httpx2.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()["error"]
