"""Prove again who one is, for what an open session alone must not do; the session gets a new name and new tokens."""

from datetime import timedelta

from emergence.auth.callers import Caller
from emergence.auth.check_code import check_code
from emergence.auth.limit_attempts import address_key, admit_attempt, note_success, user_key
from emergence.auth.open_session import Authentication, Grant, granted, open_session
from emergence.auth.parts import Auth
from emergence.auth.passkeys.prove_with_passkey import proved_by_passkey
from emergence.auth.passkeys.questions import require_party
from emergence.auth.passkeys.relying_party import RelyingParty
from emergence.auth.read_session import live_session
from emergence.auth.revoke_session import STEPPED_UP, Ending, revoke_session
from emergence.auth.second_factors import methods_of
from emergence.auth.session_lifetimes import BROWSER_LIFETIME, Lifetime
from emergence.auth.store import identities, second_factors, users
from emergence.auth.store import sessions as store
from emergence.auth.store.second_factors import Factors
from emergence.auth.store.sessions import Session
from emergence.auth.store.users import Account
from emergence.contracts.auth.administering import TWO_FACTORS
from emergence.contracts.auth.problems import CredentialsRejected, LoginSessionEnded, StepUpRequired
from emergence.contracts.auth.signing_in import StepUp
from emergence.kernel.errors import ForbiddenWhileImpersonating
from emergence.kernel.identity import Identity
from emergence.kernel.storage.database import Transaction

RECENT = timedelta(minutes=10)


async def recent_session(auth: Auth, identity: Identity) -> tuple[Session, Account]:
    """Return the caller's session if they proved in the last ten minutes who they are, by a factor where one is set.

    A session of before the factor was added does not do: whoever only knew the password may hold it.
    Raises StepUpRequired, LoginSessionEnded; Forbidden for whoever looks at another's account, by any method.
    """
    session, account = await live_session(auth, identity)
    if session.impersonator_id is not None:
        raise ForbiddenWhileImpersonating()
    if not session.has_second_factor and await methods_of(auth.database, session.user_id):
        raise _factor_required()
    if auth.clock.now() - session.authenticated_at > RECENT:
        raise StepUpRequired(max_age_s=int(RECENT.total_seconds()))
    return session, account


async def hold_factors(auth: Auth, tx: Transaction, session: Session) -> Factors:
    """Lock the account of a recent session until its factors have changed, and return which it has by then.

    Raises LoginSessionEnded, StepUpRequired where somebody was faster, whose factor did not open this session.
    """
    await users.lock_account(tx, session.user_id)
    found = await store.lock_session(tx, session.id)
    if found is None or not found[0].is_live(auth.clock.now()) or not found[1].is_active:
        raise LoginSessionEnded()
    factors = await second_factors.read_factors(tx, session.user_id)
    if factors.is_strong and not found[0].has_second_factor:
        raise _factor_required()
    return factors


def _factor_required() -> StepUpRequired:
    return StepUpRequired(max_age_s=int(RECENT.total_seconds()), acr_values=TWO_FACTORS)


async def step_up(auth: Auth, identity: Identity, request: StepUp, party: RelyingParty | None, caller: Caller) -> Grant:
    """Open a session in place of the caller's, proved now: by a second factor where one is set, else by password.

    Raises CodeRejected, PasskeyRejected, PasskeyCounterBack, PasskeysImpossible, CredentialsRejected,
    TooManyAttempts, SignInBusy, LoginSessionEnded.
    """
    session, account = await live_session(auth, identity)
    how = await _proved(auth, session, request, party, caller)
    async with auth.database.transaction() as tx:
        await users.hold(tx, session.user_id)
        found = await store.lock_session(tx, session.id)
        if found is None or not found[0].is_live(auth.clock.now()):  # ended while the proof was checked
            raise LoginSessionEnded()
        await store.lock_impersonations(tx, [session.id])
        opened = await open_session(auth, tx, account.user_id, how, caller, instead_of=session)
        await store.hand_impersonations_over(tx, session.id, opened.session.id)
        await revoke_session(auth, tx, session, Ending(STEPPED_UP, account.user_id, caller))
    return await granted(auth, opened.session, opened.account)


async def _proved(
    auth: Auth, session: Session, request: StepUp, party: RelyingParty | None, caller: Caller
) -> Authentication:
    lifetime = Lifetime(BROWSER_LIFETIME.idle, session.absolute_end - auth.clock.now())  # proving it again adds no time
    opened_by = await identities.opener_of(auth.database, session.id)
    if await methods_of(auth.database, session.user_id):
        if request.passkey is not None:
            methods = await proved_by_passkey(auth, require_party(party), session, request.passkey, caller)
        else:
            methods = (await check_code(auth, session.user_id, request.code or "", caller),)
        known = tuple(dict.fromkeys((*session.amr, *methods, "mfa")))
        return Authentication(known, lifetime, opened_by=opened_by)
    at, origin = user_key(session.user_id), address_key(caller.network())
    await admit_attempt(auth, (origin, at))
    stored = await users.read_password(auth.database, session.user_id)
    given = request.password.get_secret_value() if request.password else ""
    if not (await auth.passwords.check(given, stored)).is_right:
        raise CredentialsRejected("The password is wrong.")
    async with auth.database.transaction() as tx:
        await note_success(tx, account=at, address=origin)
    known = tuple(method for method in session.amr if method != "mfa")  # a factor that is gone proves nothing now
    return Authentication(known, lifetime, opened_by=opened_by)
