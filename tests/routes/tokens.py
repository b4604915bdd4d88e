"""Access tokens that are wrong in one point, signed as the right ones are."""

import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Mapping

from joserfc.jwk import Key
from joserfc.jws import JWSRegistry

from tests.kernel.access_tokens import base64url


def parts_of(token: str) -> tuple[dict[str, object], dict[str, object]]:
    """Return header and claims of a token."""
    header, claims = (urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split(".")[:2])
    return json.loads(header), json.loads(claims)


def seconds_left(token: str) -> float:
    """Return how long a token still lives."""
    return int(str(parts_of(token)[1]["exp"])) - time.time()


def bent_token(token: str, key: Key, header: Mapping[str, object], claims: Mapping[str, object]) -> str:
    """Return the token with these members replaced, signed with `key`."""
    old_header, old_claims = parts_of(token)
    text = ".".join(
        base64url(json.dumps(part).encode()) for part in ({**old_header, **header}, {**old_claims, **claims})
    )
    signature = JWSRegistry.algorithms[str(old_header["alg"])].sign(text.encode(), key)
    return f"{text}.{base64url(signature)}"


def unsigned(token: str) -> str:
    """Return the token as if it needed no signature."""
    header, claims = parts_of(token)
    return f"{base64url(json.dumps(header | {'alg': 'none'}).encode())}.{base64url(json.dumps(claims).encode())}."
