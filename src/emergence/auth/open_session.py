"""Open a login session and hand out its tokens."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from joserfc import jwt

from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.settings import ACCESS_TOKEN_LIFETIME
from emergence.auth.signing_keys import ALGORITHM, SigningKey
from emergence.auth.store import sessions as store
from emergence.auth.store.sessions import Device, Session
from emergence.auth.store.users import Account
from emergence.contracts.auth import ACCESS_TOKEN_AUDIENCE, ISSUER, SignedIn
from emergence.kernel.identity import ACCESS_TOKEN_TYPE
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction

SALT_BYTES = 32
CLIENT_ID = "emergence"
SCOPE = "account:read account:write"
ONE_FACTOR = "1"


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts without use, and at most."""

    idle: timedelta
    absolute: timedelta


BROWSER_LIFETIME = Lifetime(idle=timedelta(days=7), absolute=timedelta(days=30))


@dataclass(frozen=True, slots=True)
class Authentication:
    """How somebody proved who they are (RFC 8176 names where it has one)."""

    method: str
    lifetime: Lifetime = BROWSER_LIFETIME


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person gets: the answer's body, and the refresh token for the cookie with its end."""

    signed_in: SignedIn
    refresh_token: str
    refresh_until: datetime


async def open_session(auth: Auth, tx: Transaction, user_id: UUID, how: Authentication, caller: Caller) -> Session:
    """Store a new login session of an authenticated person."""
    now = auth.clock.now()
    session = Session(
        id=new_id(),
        user_id=user_id,
        salt=os.urandom(SALT_BYTES),
        generation=0,
        version=1,
        rotated_at=now,
        replays=0,
        acr=ONE_FACTOR,
        amr=(how.method,),
        authenticated_at=now,
        created_at=now,
        idle_end=now + how.lifetime.idle,
        absolute_end=now + how.lifetime.absolute,
        is_revoked=False,
    )
    await store.add_session(tx, session, Device(caller.agent, caller.prefix()))
    return session


async def granted(auth: Auth, session: Session, account: Account, *, must_change: bool = False) -> Grant:
    """Return the tokens of a session. Call it after the transaction: it may read the signing key."""
    now = auth.clock.now()
    issued_s = int(now.timestamp())
    ends_s = min(issued_s + int(ACCESS_TOKEN_LIFETIME.total_seconds()), int(session.absolute_end.timestamp()))
    token = _access_token(await auth.keys.active(), session, account, (issued_s, ends_s))
    signed_in = SignedIn(
        access_token=token,
        token=token,
        expires_in=ends_s - issued_s,
        expires_at=datetime.fromtimestamp(ends_s, now.tzinfo),
        session_id=session.id,
        user_id=account.user_id,
        role=account.role,
        email=account.email,
        display_name=account.display_name,
        password_must_reset=must_change,
    )
    refresh_token = auth.refresh_tokens.write(session.id, session.generation, session.salt)
    return Grant(signed_in, refresh_token, session.idle_end)


def _access_token(key: SigningKey, session: Session, account: Account, span_s: tuple[int, int]) -> str:
    issued_s, ends_s = span_s
    claims = {
        "iss": ISSUER,
        "aud": ACCESS_TOKEN_AUDIENCE,
        "sub": str(account.user_id),
        "client_id": CLIENT_ID,
        "iat": issued_s,
        "nbf": issued_s,
        "exp": ends_s,
        "jti": str(new_id()),
        "sid": str(session.id),
        "sv": session.version,
        "auth_time": int(session.authenticated_at.timestamp()),
        "acr": session.acr,
        "amr": list(session.amr),
        "scope": SCOPE,
        "role": account.role.value,
    }
    header = {"alg": ALGORITHM, "typ": ACCESS_TOKEN_TYPE, "kid": key.kid}
    return jwt.encode(header, claims, key.key, algorithms=[ALGORITHM])
