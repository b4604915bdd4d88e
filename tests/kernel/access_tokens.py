"""Makes access tokens, good ones and hostile ones, for the tests of whoever verifies them."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry

from tests.frozen_clock import FrozenClock

ISSUER = "emergence-auth"
AUDIENCE = "emergence-app"


def base64url(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class KeySetDocument:
    """What a key source returns."""

    keys: list[dict[str, str]] = field(default_factory=list)


class TokenMint:
    """An issuer with one Ed25519 key; everything it signs may be bent by the caller."""

    def __init__(self, clock: FrozenClock, kid: str = "key-1") -> None:
        self.clock = clock
        self.kid = kid
        self.key = OKPKey.generate_key("Ed25519")

    def jwk(self) -> dict[str, str]:
        public = {name: str(value) for name, value in self.key.as_dict(private=False).items()}
        return {**public, "kid": self.kid, "alg": "EdDSA", "use": "sig"}

    async def key_set(self) -> KeySetDocument:
        return KeySetDocument([self.jwk()])

    def header(self) -> dict[str, object]:
        return {"alg": "EdDSA", "typ": "at+jwt", "kid": self.kid}

    def claims(self) -> dict[str, object]:
        now = int(self.clock.now().timestamp())
        return {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(uuid4()),
            "sid": str(uuid4()),
            "role": "member",
            "sv": 1,
            "iat": now,
            "nbf": now,
            "exp": now + 300,
            "jti": str(uuid4()),
        }

    def token(self, header: Mapping[str, object] | None = None, claims: Mapping[str, object] | None = None) -> str:
        """Sign the usual header and claims with these members replaced."""
        return self.sign(
            json.dumps({**self.header(), **(header or {})}).encode(),
            json.dumps({**self.claims(), **(claims or {})}).encode(),
        )

    def sign(self, header: bytes, payload: bytes) -> str:
        signing_input = f"{base64url(header)}.{base64url(payload)}"
        signature = JWSRegistry.algorithms["EdDSA"].sign(signing_input.encode(), self.key)
        return f"{signing_input}.{base64url(signature)}"
