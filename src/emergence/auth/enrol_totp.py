"""Add an authenticator app: hand out a seed, and let it count once a code proves that it arrived."""

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.check_code import SEED_PLACE, check_code, check_new_seed
from emergence.auth.parts import Auth
from emergence.auth.read_session import live_session
from emergence.auth.recovery_codes import new_codes
from emergence.auth.revoke_session import Ending, end_sessions
from emergence.auth.second_factors import forget_codes_without_factor, methods_of, require_password_alone
from emergence.auth.step_up import hold_factors, recent_session
from emergence.auth.store import second_factors as store
from emergence.auth.store import sessions, users
from emergence.auth.totp import enrolment_uri, new_seed, seed_text
from emergence.contracts.auth.account import RecoveryCodes, SecondFactorStatus, TotpEnrolment
from emergence.contracts.auth.problems import CodeRejected, NoSecondFactor, SecondFactorAlreadyEnabled
from emergence.kernel.identity import Identity

ENABLED, DISABLED = "factor.totp_enabled", "factor.totp_disabled"


async def begin_enrolment(auth: Auth, identity: Identity) -> TotpEnrolment:
    """Return a new seed for the caller's authenticator; it does not count before `confirm_enrolment`.

    After ten minutes, and when the password is replaced, it cannot be confirmed any more.
    Raises StepUpRequired, SecondFactorAlreadyEnabled.
    """
    session, account = await recent_session(auth, identity)
    seed = new_seed()
    sealed = auth.seal.close(seed, SEED_PLACE.format(account.user_id))
    async with auth.database.transaction() as tx:
        await hold_factors(auth, tx, session)
        if not await store.put_unconfirmed(tx, session.user_id, sealed, auth.clock.now()):
            raise SecondFactorAlreadyEnabled()
    return TotpEnrolment(secret=seed_text(seed), otpauth_uri=enrolment_uri(seed, account.email or account.display_name))


async def confirm_enrolment(auth: Auth, identity: Identity, code: str, caller: Caller) -> RecoveryCodes:
    """Let the seed count from now on, and return ten recovery codes, which are never shown again.

    Every other login session ends. Raises CodeRejected, SecondFactorAlreadyEnabled, TooManyAttempts, StepUpRequired.
    """
    session, _ = await recent_session(auth, identity)
    stored = await store.read_totp(auth.database, session.user_id)
    if stored is not None and stored.confirmed_at is not None:
        raise SecondFactorAlreadyEnabled()
    arrived = await check_new_seed(auth, session.user_id, code, caller)
    codes = await new_codes(auth.passwords)
    async with auth.database.transaction() as tx:
        await hold_factors(auth, tx, session)
        if not await store.confirm(tx, session.user_id, arrived.seed_enc, arrived.step, auth.clock.now()):
            raise CodeRejected()
        await store.replace_recovery_codes(tx, session.user_id, codes.hashes, auth.clock.now())
        await end_sessions(
            auth, tx, session.user_id, Ending("second_factor_enabled", session.user_id, caller), but=session.id
        )
        await record(auth, tx, AuditEvent(ENABLED, session.user_id, session.user_id, session.id), caller)
    return RecoveryCodes(codes=codes.shown)


async def read_status(auth: Auth, identity: Identity) -> SecondFactorStatus:
    """Return what is asked of the caller when they sign in, and how many recovery codes are left."""
    session, _ = await live_session(auth, identity)
    stored = await store.read_totp(auth.database, session.user_id)
    return SecondFactorStatus(
        enabled=stored is not None and stored.confirmed_at is not None,
        confirmed_at=stored.confirmed_at if stored else None,
        recovery_codes_left=await store.count_recovery_codes(auth.database, session.user_id),
        methods=await methods_of(auth.database, session.user_id),
    )


async def renew_recovery_codes(auth: Auth, identity: Identity, caller: Caller) -> RecoveryCodes:
    """Return ten new recovery codes; the earlier ones are worth nothing.

    Raises StepUpRequired, NoSecondFactor: codes from before the first factor might lie with somebody else.
    """
    session, _ = await recent_session(auth, identity)
    if not (await store.read_factors(auth.database, session.user_id)).is_strong:
        raise NoSecondFactor()
    codes = await new_codes(auth.passwords)
    async with auth.database.transaction() as tx:
        if not (await hold_factors(auth, tx, session)).is_strong:
            raise NoSecondFactor()
        await store.replace_recovery_codes(tx, session.user_id, codes.hashes, auth.clock.now())
        event = AuditEvent("factor.recovery_codes_renewed", session.user_id, session.user_id, session.id)
        await record(auth, tx, event, caller)
    return RecoveryCodes(codes=codes.shown)


async def disable_second_factor(auth: Auth, identity: Identity, code: str, caller: Caller) -> None:
    """Ask for the authenticator app no more; every other login session ends. The code is proof enough of who asks.

    Recovery codes stay as long as a passkey is left that they stand in for.
    Raises CodeRejected, PasswordTooShortAlone, TooManyAttempts, LoginSessionEnded.
    """
    session, _ = await live_session(auth, identity)
    factors = await store.read_factors(auth.database, session.user_id)
    if not factors.has_totp:
        raise CodeRejected()
    if not factors.has_passkey:
        await require_password_alone(auth.database, session.user_id)  # before a recovery code is used up in vain
    await check_code(auth, session.user_id, code, caller)
    async with auth.database.transaction() as tx:
        await users.lock_account(tx, session.user_id)
        await store.delete_totp(tx, session.user_id)
        is_last = await forget_codes_without_factor(tx, session.user_id)
        await end_sessions(
            auth, tx, session.user_id, Ending("second_factor_disabled", session.user_id, caller), but=session.id
        )
        if is_last:
            await sessions.lower_to_one_factor(tx, session.user_id)
        await record(auth, tx, AuditEvent(DISABLED, session.user_id, session.user_id, session.id), caller)
