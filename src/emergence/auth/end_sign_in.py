"""The end of every way of signing in: a session, or the offer to keep an account that is about to be deleted."""

from emergence.auth.callers import Caller
from emergence.auth.email_addresses import normalised_email
from emergence.auth.known_addresses import remember_address
from emergence.auth.open_session import Authentication, Grant, Opened, granted, open_session
from emergence.auth.parts import Auth
from emergence.auth.store.users import Account
from emergence.auth.undo_deletion import offer_undo
from emergence.contracts.auth.personal_problems import DeletionPending
from emergence.kernel.storage.database import Transaction

EndOfSignIn = Opened | DeletionPending


async def end_sign_in(
    auth: Auth, tx: Transaction, account: Account, how: Authentication, caller: Caller
) -> EndOfSignIn:
    """Open the session of somebody who has proved all that is asked of them; last in a transaction.

    The account must be one that `may_prove_itself`. Raises CredentialsRejected when it was suspended
    or erased meanwhile.
    """
    if account.is_being_deleted:
        return await offer_undo(auth, tx, account.user_id)
    if account.email is not None:
        await remember_address(auth, tx, account.user_id, normalised_email(account.email), caller)
    return await open_session(auth, tx, account.user_id, how, caller)


async def grant_of(auth: Auth, end: EndOfSignIn) -> Grant:
    """Return the tokens, after the transaction. Raises DeletionPending, with the token that keeps the account."""
    if isinstance(end, DeletionPending):
        raise end
    return await granted(auth, end.session, end.account, must_change=end.must_change_password)
