"""Tokens that are handed out once and work once: 256 random bits, of which only a hash is kept."""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Literal
from uuid import UUID

from emergence.auth.parts import Auth
from emergence.auth.store import one_time_tokens as store
from emergence.auth.store.one_time_tokens import NewToken
from emergence.kernel.storage.database import Transaction

Purpose = Literal["second_factor", "oidc_handover"]
TOKEN_BYTES = 32


async def new_token(
    auth: Auth, tx: Transaction, purpose: Purpose, user_id: UUID, lifetime: timedelta, data: str = "{}"
) -> str:
    """Return a new token for one purpose of one person; `data` is JSON that is kept with it."""
    token, now = secrets.token_urlsafe(TOKEN_BYTES), auth.clock.now()
    await store.add_token(tx, NewToken(token_hash(token), purpose, user_id, now, now + lifetime, data))
    return token


def token_hash(token: str) -> bytes:
    """Return what is stored of a token; plain SHA-256 will do for 256 random bits."""
    return sha256(token.encode()).digest()
