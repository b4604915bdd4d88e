"""Challenges of passkey ceremonies: good once, for five minutes, for one purpose, where they were asked for."""

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from emergence.auth.parts import Auth
from emergence.auth.passkeys.verify import decoded
from emergence.auth.store import passkeys as store
from emergence.auth.store.passkeys import Challenge, Purpose
from emergence.contracts.auth.problems import PasskeyRejected
from emergence.kernel.storage.database import Transaction

CHALLENGE_BYTES = 32
LIFETIME = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What a challenge is for, and a text that only whoever began it can bring again.

    That is the cookie of a browser that nobody has signed in with yet, the token of a first step, or
    the id of a login session.
    """

    purpose: Purpose
    begun_by: str
    user_id: UUID | None = None

    def bound_to(self) -> bytes:
        """Return what is stored of where it began."""
        return sha256(self.begun_by.encode()).digest()


async def new_challenge(auth: Auth, tx: Transaction, ceremony: Ceremony) -> bytes:
    """Return a new challenge, of which only a hash is stored."""
    challenge, now = secrets.token_bytes(CHALLENGE_BYTES), auth.clock.now()
    hashed = sha256(challenge).digest()
    await store.add_challenge(
        tx, Challenge(hashed, ceremony.purpose, ceremony.user_id, ceremony.bound_to(), now, now + LIFETIME)
    )
    return challenge


async def take_challenge(auth: Auth, ceremony: Ceremony, client_data: str) -> bytes:
    """Use the challenge up that a browser says it answers, and return it; what it answers is checked afterwards.

    Raises PasskeyRejected when it is unknown, over, used, or was given for something or somewhere else.
    """
    challenge = _challenge_in(client_data)
    hashed, now = sha256(challenge).digest(), auth.clock.now()
    async with auth.database.transaction() as tx:
        if not await store.use_challenge(tx, hashed, ceremony.purpose, ceremony.bound_to(), now):
            raise PasskeyRejected()
    return challenge


def _challenge_in(client_data: str) -> bytes:
    """Return the challenge in base64url-encoded client data (WebAuthn §5.8.1) of a page that nobody frames."""
    try:
        content = json.loads(decoded(client_data))
        if content.get("crossOrigin", False) is not False:  # the library lets frames in other sites' pages pass
            raise PasskeyRejected()
        return decoded(content["challenge"])
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise PasskeyRejected() from None
