"""Sign in with an e-mail address and a password."""

from datetime import timedelta

from emergence.auth.audit import AuditEvent, pseudonym, record
from emergence.auth.callers import Caller
from emergence.auth.email_addresses import normalised_email
from emergence.auth.known_addresses import account_bucket, remember_address
from emergence.auth.limit_attempts import address_key, admit_attempt, note_success
from emergence.auth.one_time_tokens import new_token
from emergence.auth.open_session import Authentication, Grant, granted, open_session
from emergence.auth.parts import Auth
from emergence.auth.store import second_factors
from emergence.auth.store import users as store
from emergence.auth.store.users import PasswordCredential
from emergence.contracts.auth.problems import CredentialsRejected
from emergence.contracts.auth.signing_in import LogIn, SecondFactorNeeded
from emergence.kernel.storage.database import Transaction

SECOND_FACTOR_WITHIN = timedelta(minutes=5)
BY_PASSWORD = Authentication(("pwd",))


async def log_in(auth: Auth, request: LogIn, caller: Caller) -> Grant | SecondFactorNeeded:
    """Open a login session for whoever knows the password, or say that a second factor is needed: none exists then.

    Raises CredentialsRejected for an unknown address, a wrong password and an account that may not
    sign in, after the same work and writes for each; TooManyAttempts; SignInBusy.
    """
    email_norm = normalised_email(request.email)
    of_account, of_address = await account_bucket(auth, email_norm, caller), address_key(caller.network())
    await admit_attempt(auth, (of_address, of_account))
    credential = await store.read_password_credential(auth.database, email_norm)
    stored = credential.phc if credential else None
    verdict = await auth.passwords.check(request.password.get_secret_value(), stored)
    if credential is None or not verdict.is_right or not credential.account.is_active:
        await _note_refusal(auth, credential, email_norm, caller)
        raise CredentialsRejected()
    account = credential.account
    if await second_factors.has_confirmed_totp(auth.database, account.user_id):
        async with auth.database.transaction() as tx:
            await _require_unchanged(tx, credential)
            await note_success(tx, account=of_account, address=of_address)
            token = await new_token(auth, tx, "second_factor", account.user_id, SECOND_FACTOR_WITHIN)
        return SecondFactorNeeded(mfa_token=token, expires_in=int(SECOND_FACTOR_WITHIN.total_seconds()))
    async with auth.database.transaction() as tx:
        await _require_unchanged(tx, credential)
        await note_success(tx, account=of_account, address=of_address)
        await remember_address(auth, tx, account.user_id, email_norm, caller)
        if verdict.new_hash is not None:
            await store.upgrade_hash(tx, account.user_id, credential.phc, verdict.new_hash)
        session = await open_session(auth, tx, account.user_id, BY_PASSWORD, caller)
    return await granted(auth, session, account, must_change=credential.must_change)


async def _require_unchanged(tx: Transaction, credential: PasswordCredential) -> None:
    """Raise CredentialsRejected where the password was taken away or replaced while it was being checked."""
    await store.hold(tx, credential.account.user_id)
    if not await store.has_password_hash(tx, credential.account.user_id, credential.phc):
        raise CredentialsRejected()


async def _note_refusal(auth: Auth, credential: PasswordCredential | None, email_norm: str, caller: Caller) -> None:
    subject = credential.account.user_id if credential else None
    asked = {"account": pseudonym(auth, email_norm), "methods": " ".join(BY_PASSWORD.methods)}
    async with auth.database.transaction() as tx:
        await record(auth, tx, AuditEvent("session.login", subject=subject, outcome="failure", data=asked), caller)
