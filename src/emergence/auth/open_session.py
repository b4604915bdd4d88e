"""Open a login session and hand out its tokens."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from emergence.auth.access_tokens import access_token, access_token_end_s
from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.store import identities
from emergence.auth.store import sessions as store
from emergence.auth.store.identities import OpenedBy
from emergence.auth.store.sessions import Device, Session
from emergence.auth.store.users import Account
from emergence.contracts.auth.signing_in import SignedIn
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction

SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts without use, and at most."""

    idle: timedelta
    absolute: timedelta


BROWSER_LIFETIME = Lifetime(idle=timedelta(days=7), absolute=timedelta(days=30))


@dataclass(frozen=True, slots=True)
class Authentication:
    """How somebody proved who they are (RFC 8176 names where it has one; `mfa` when by two factors)."""

    methods: tuple[str, ...]
    lifetime: Lifetime = BROWSER_LIFETIME
    opened_by: OpenedBy | None = None  # the identity at a provider whose word it was
    at: datetime | None = None  # earlier than now where a provider says so

    @property
    def level(self) -> str:
        """Return the number of factors, for `acr`."""
        return "2" if "mfa" in self.methods else "1"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person gets: the answer's body, and the refresh token for the cookie with its end."""

    signed_in: SignedIn
    refresh_token: str
    refresh_until: datetime


async def open_session(auth: Auth, tx: Transaction, user_id: UUID, how: Authentication, caller: Caller) -> Session:
    """Store a new login session of an authenticated person; last in a transaction, because it is audited."""
    now = auth.clock.now()
    session = Session(
        id=new_id(),
        user_id=user_id,
        salt=os.urandom(SALT_BYTES),
        generation=0,
        version=1,
        rotated_at=now,
        replays=0,
        acr=how.level,
        amr=how.methods,
        authenticated_at=min(how.at or now, now),
        created_at=now,
        idle_end=now + min(how.lifetime.idle, how.lifetime.absolute),
        absolute_end=now + how.lifetime.absolute,
        is_revoked=False,
    )
    await store.add_session(tx, session, Device(caller.agent, caller.prefix()))
    if how.opened_by is not None:
        await identities.note_session(tx, session.id, how.opened_by)
    event = AuditEvent("session.login", user_id, user_id, session.id, data={"methods": " ".join(how.methods)})
    await record(auth, tx, event, caller)
    return session


async def granted(auth: Auth, session: Session, account: Account, *, must_change: bool = False) -> Grant:
    """Return the tokens of a session. Call it after the transaction: it may read the signing key."""
    now = auth.clock.now()
    ends_at = datetime.fromtimestamp(access_token_end_s(session, now), UTC)
    token = access_token(await auth.keys.active(), session, account, now)
    signed_in = SignedIn(
        access_token=token,
        token=token,
        expires_in=int(ends_at.timestamp()) - int(now.timestamp()),
        expires_at=ends_at,
        session_id=session.id,
        user_id=account.user_id,
        role=account.role,
        email=account.email,
        display_name=account.display_name,
        password_must_reset=must_change,
    )
    refresh_token = auth.refresh_tokens.write(session.id, session.generation, session.salt)
    return Grant(signed_in, refresh_token, session.idle_end)
