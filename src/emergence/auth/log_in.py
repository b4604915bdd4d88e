"""Sign in with an e-mail address and a password."""

from emergence.auth.audit import AuditEvent, pseudonym, record
from emergence.auth.callers import Caller
from emergence.auth.email_addresses import normalised_email
from emergence.auth.end_sign_in import EndOfSignIn, end_sign_in, grant_of
from emergence.auth.open_session import Authentication, Grant
from emergence.auth.parts import Auth
from emergence.auth.passwords import Verdict
from emergence.auth.recognise_caller import admit_log_in, note_log_in
from emergence.auth.second_factors import methods_of
from emergence.auth.second_step import FirstStep, ask_second_factor
from emergence.auth.store import users as store
from emergence.auth.store.users import PasswordCredential
from emergence.contracts.auth.problems import CredentialsRejected
from emergence.contracts.auth.signing_in import LogIn, SecondFactorNeeded
from emergence.kernel.storage.database import Transaction

BY_PASSWORD = Authentication(("pwd",))


async def log_in(auth: Auth, request: LogIn, caller: Caller) -> Grant | SecondFactorNeeded:
    """Open a login session for whoever knows the password, or say that a second factor is needed: none exists then.

    Raises CredentialsRejected for an unknown address, a wrong password and an account that may not
    sign in, after the same work and writes for each; DeletionPending; TooManyAttempts; ProofOfWorkRequired; SignInBusy.
    """
    email_norm = normalised_email(request.email)
    with auth.passwords.place() as place:
        credential = await store.read_password_credential(auth.database, email_norm)
        user_id, stored = (credential.account.user_id, credential.phc) if credential else (None, None)
        admission = await admit_log_in(auth, email_norm, user_id, caller, request.altcha)
        verdict = await place.check(request.password.get_secret_value(), stored if admission.may_succeed else None)
    if credential is None or not verdict.is_right or not credential.account.may_prove_itself:
        if admission.refusal is not None:
            raise admission.refusal
        await _note_refusal(auth, credential, email_norm, caller)
        raise CredentialsRejected()
    next_ = await _go_on(auth, credential, verdict, caller)
    if next_ is None:  # another sign-in at the same moment may have stored the same password anew
        upgraded, verdict = await _checked_again(auth, request, credential)
        next_ = await _go_on(auth, upgraded, verdict, caller)
    if next_ is None:
        raise CredentialsRejected()
    await note_log_in(auth, admission)
    return next_ if isinstance(next_, SecondFactorNeeded) else await grant_of(auth, next_)


async def _keep_newer_hash(tx: Transaction, credential: PasswordCredential, verdict: Verdict) -> None:
    """Store the same password as we hash today, when its hash is older or another system's."""
    if verdict.new_hash is not None:
        await store.upgrade_hash(tx, credential.account.user_id, credential.phc, verdict.new_hash)


async def _go_on(
    auth: Auth, credential: PasswordCredential, verdict: Verdict, caller: Caller
) -> SecondFactorNeeded | EndOfSignIn | None:
    """Take the step after a right password; None where its hash was taken away or replaced while it was checked."""
    account = credential.account
    async with auth.database.transaction() as tx:
        if not await store.hold_password(tx, account.user_id, credential.phc):
            return None
        await _keep_newer_hash(tx, credential, verdict)
        if asked := await methods_of(tx, account.user_id):
            return await ask_second_factor(auth, tx, account.user_id, FirstStep(BY_PASSWORD.methods), asked)
        return await end_sign_in(auth, tx, account, BY_PASSWORD, caller)


async def _checked_again(auth: Auth, request: LogIn, before: PasswordCredential) -> tuple[PasswordCredential, Verdict]:
    """Check the same password against its newer hash. Raises CredentialsRejected where another one was chosen."""
    credential = await store.read_password_credential(auth.database, normalised_email(request.email))
    if credential is None or credential.account.user_id != before.account.user_id:
        raise CredentialsRejected()
    if credential.changed_at != before.changed_at or not credential.account.may_prove_itself:
        raise CredentialsRejected()
    verdict = await auth.passwords.check(request.password.get_secret_value(), credential.phc)
    if not verdict.is_right:
        raise CredentialsRejected()
    return credential, verdict


async def _note_refusal(auth: Auth, credential: PasswordCredential | None, email_norm: str, caller: Caller) -> None:
    subject = credential.account.user_id if credential else None
    asked = {"account": pseudonym(auth, email_norm), "methods": " ".join(BY_PASSWORD.methods)}
    async with auth.database.transaction() as tx:
        await record(auth, tx, AuditEvent("session.login", subject=subject, outcome="failure", data=asked), caller)
