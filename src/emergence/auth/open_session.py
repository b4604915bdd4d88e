"""Open a login session and hand out its tokens."""

import os
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from emergence.auth.access_tokens import access_token, access_token_end_s
from emergence.auth.audit import LOG_IN, AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.devices import remember_device
from emergence.auth.listed_administrators import follow_list
from emergence.auth.parts import Auth
from emergence.auth.session_lifetimes import BROWSER_LIFETIME, Lifetime, lifetime_for
from emergence.auth.store import identities, users
from emergence.auth.store import sessions as store
from emergence.auth.store.identities import OpenedBy
from emergence.auth.store.sessions import Device, Session
from emergence.auth.store.users import Account
from emergence.contracts.auth.problems import CredentialsRejected
from emergence.contracts.auth.signing_in import SignedIn
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction

SALT_BYTES = 32
STEP_UP = "session.stepped_up"


@dataclass(frozen=True, slots=True)
class Authentication:
    """How somebody proved who they are (RFC 8176 names where it has one; `mfa` when by two factors).

    `by_browser` is false for programs, which keep no cookies: their device cannot be known again.
    """

    methods: tuple[str, ...]
    lifetime: Lifetime = BROWSER_LIFETIME
    by_browser: bool = True
    opened_by: OpenedBy | None = None  # the identity at a provider whose word it was
    at: datetime | None = None  # earlier than now where a provider says so

    @property
    def level(self) -> str:
        """Return the number of factors, for `acr`."""
        return "2" if "mfa" in self.methods else "1"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person gets: the answer's body, the refresh token for the cookie with its end, and the device's cookie."""

    signed_in: SignedIn
    refresh_token: str = field(repr=False)
    refresh_until: datetime
    device_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was just opened, and its person as they are until the transaction ends."""

    session: Session
    account: Account
    must_change_password: bool


async def open_session(
    auth: Auth,
    tx: Transaction,
    user_id: UUID,
    how: Authentication,
    caller: Caller,
    *,
    instead_of: Session | None = None,
) -> Opened:
    """Store a new login session of an authenticated person; last in a transaction, because it is audited.

    One that is opened `instead_of` another is written down as a step-up and not as a sign-in.

    Raises CredentialsRejected when the account was suspended meanwhile: whoever did so ended what was open then.
    """
    entering = await users.keep_entering(tx, user_id)
    if entering is None or not entering.account.is_active:
        raise CredentialsRejected()
    lifetime = how.lifetime.at_most(lifetime_for(auth.settings, entering.account.role, how.level))
    session = new_session(user_id, how, lifetime, auth.clock.now())
    data: dict[str, str | int | bool] = {"methods": " ".join(how.methods)}
    if instead_of is not None:
        data["instead_of"] = str(instead_of.id)
    if how.by_browser:
        device = await remember_device(auth, tx, user_id, caller)
        session = replace(session, device_id=device.id, device_token=device.token)
        if device.is_new and await store.has_sessions(tx, user_id):
            data["new_device"] = True
    await store.add_session(tx, session, Device(caller.agent, caller.prefix(), caller.language))
    if how.opened_by is not None:
        await identities.note_session(tx, session.id, how.opened_by)
    type_ = LOG_IN if instead_of is None else STEP_UP
    await record(auth, tx, AuditEvent(type_, user_id, user_id, session.id, data=data), caller)
    return Opened(session, entering.account, entering.must_change_password)


def new_session(user_id: UUID, how: Authentication, lifetime: Lifetime, now: datetime) -> Session:
    """Return a session that begins now; nothing is stored."""
    return Session(
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
        idle_end=now + min(lifetime.idle, lifetime.absolute),
        absolute_end=now + lifetime.absolute,
        is_revoked=False,
    )


async def granted(auth: Auth, session: Session, account: Account, *, must_change: bool = False) -> Grant:
    """Return the tokens of a session that was just opened. Call it after the transaction: it may read the signing key.

    An administrator whom AUTH_ADMIN_EMAILS names no longer comes in as a member.
    """
    followed = await follow_list(auth, account, session, None, is_new=True)
    return await tokens_of(auth, session, followed, must_change=must_change)


async def tokens_of(auth: Auth, session: Session, account: Account, *, must_change: bool = False) -> Grant:
    """Return the tokens of a session whose person has that role now."""
    now = auth.clock.now()
    ends_at = datetime.fromtimestamp(access_token_end_s(session, now), UTC)
    token = access_token(await auth.keys.active(), session, account, now, with_email=auth.settings.auth_compat_claims)
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
    return Grant(signed_in, refresh_token, session.idle_end, session.device_token)
