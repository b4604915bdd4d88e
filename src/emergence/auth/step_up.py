"""Prove again who one is, for what an open session alone must not do; the session gets a new name and new tokens."""

from datetime import timedelta

from emergence.auth.callers import Caller
from emergence.auth.check_code import check_code
from emergence.auth.limit_attempts import address_key, admit_attempt, note_success, user_key
from emergence.auth.open_session import BROWSER_LIFETIME, Authentication, Grant, Lifetime, granted, open_session
from emergence.auth.parts import Auth
from emergence.auth.read_session import live_session
from emergence.auth.revoke_session import Ending, revoke_session
from emergence.auth.store import identities, second_factors, sessions, users
from emergence.auth.store.sessions import Session
from emergence.auth.store.users import Account
from emergence.contracts.auth.problems import CredentialsRejected, LoginSessionEnded, StepUpRequired
from emergence.contracts.auth.signing_in import StepUp
from emergence.kernel.identity import Identity

RECENT = timedelta(minutes=10)
STEPPED_UP = "stepped_up"


async def recent_session(auth: Auth, identity: Identity) -> tuple[Session, Account]:
    """Return the caller's session if they proved who they are in the last ten minutes.

    Raises StepUpRequired, LoginSessionEnded.
    """
    session, account = await live_session(auth, identity)
    if auth.clock.now() - session.authenticated_at > RECENT:
        raise StepUpRequired(max_age_s=int(RECENT.total_seconds()))
    return session, account


async def step_up(auth: Auth, identity: Identity, request: StepUp, caller: Caller) -> Grant:
    """Open a session in place of the caller's, proved now: by a code where a second factor is set, else by password.

    Raises CodeRejected, CredentialsRejected, TooManyAttempts, SignInBusy, LoginSessionEnded.
    """
    session, account = await live_session(auth, identity)
    how = await _proved(auth, session, request, caller)
    async with auth.database.transaction() as tx:
        await users.hold(tx, session.user_id)
        found = await sessions.lock_session(tx, session.id)
        if found is None or not found[0].is_live(auth.clock.now()):  # ended while the proof was being checked
            raise LoginSessionEnded()
        opened = await open_session(auth, tx, account.user_id, how, caller)
        await revoke_session(auth, tx, session, Ending(STEPPED_UP, account.user_id, caller))
    return await granted(auth, opened, account)


async def _proved(auth: Auth, session: Session, request: StepUp, caller: Caller) -> Authentication:
    lifetime = Lifetime(BROWSER_LIFETIME.idle, session.absolute_end - auth.clock.now())  # proving it again adds no time
    opened_by = await identities.opener_of(auth.database, session.id)
    if await second_factors.has_confirmed_totp(auth.database, session.user_id):
        method = await check_code(auth, session.user_id, request.code or "", caller)
        return Authentication(tuple(dict.fromkeys((*session.amr, method, "mfa"))), lifetime, opened_by)
    at, origin = user_key(session.user_id), address_key(caller.network())
    await admit_attempt(auth, (origin, at))
    stored = await users.read_password(auth.database, session.user_id)
    given = request.password.get_secret_value() if request.password else ""
    if not (await auth.passwords.check(given, stored)).is_right:
        raise CredentialsRejected("The password is wrong.")
    async with auth.database.transaction() as tx:
        await note_success(tx, account=at, address=origin)
    return Authentication(session.amr, lifetime, opened_by)
