"""Tokens that are handed out once and work once: 256 random bits, of which only a hash is kept."""

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Literal
from uuid import UUID

from emergence.auth.parts import Auth
from emergence.auth.store import one_time_tokens as store
from emergence.auth.store.one_time_tokens import NewToken
from emergence.kernel.storage.database import Transaction

Purpose = Literal[
    "second_factor",
    "oidc_handover",
    "password_reset",
    "email_verification",
    "email_change",
    "email_change_undo",
    "mailed_code",
    "undo_deletion",
]
TOKEN_BYTES = 32


async def new_token(
    auth: Auth,
    tx: Transaction,
    purpose: Purpose,
    user_id: UUID,
    lifetime: timedelta,
    data: Mapping[str, str] | None = None,
) -> str:
    """Return a new token for one purpose of one person; `data` comes back with it and must hold no secret."""
    token, now = secrets.token_urlsafe(TOKEN_BYTES), auth.clock.now()
    stored = NewToken(token_hash(token), purpose, user_id, now, now + lifetime, json.dumps(dict(data or {})))
    await store.add_token(tx, stored)
    return token


def token_hash(token: str) -> bytes:
    """Return what is stored of a token; plain SHA-256 will do for 256 random bits."""
    return sha256(token.encode()).digest()
