"""Sign in without a password; its route exists in development only."""

from emergence.auth.callers import Caller
from emergence.auth.email_addresses import normalised_email
from emergence.auth.open_session import Authentication, Grant, granted, open_session
from emergence.auth.parts import Auth
from emergence.auth.store import users
from emergence.auth.store.users import Account
from emergence.contracts.auth.problems import CredentialsRejected
from emergence.contracts.auth.signing_in import DevLogIn
from emergence.contracts.auth.values import Role
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction

WITHOUT_PASSWORD = Authentication(("dev",))


async def dev_login(auth: Auth, request: DevLogIn, caller: Caller) -> Grant:
    """Sign in as an address, making its account first; administrators are those in AUTH_ADMIN_EMAILS."""
    async with auth.database.transaction() as tx:
        email_norm = normalised_email(request.email)
        account = await users.find_account(tx, email_norm) or await _new_account(auth, tx, request.email, email_norm)
        if not account.is_active:
            raise CredentialsRejected()
        opened = await open_session(auth, tx, account.user_id, WITHOUT_PASSWORD, caller)
    return await granted(auth, opened.session, opened.account)


async def _new_account(auth: Auth, tx: Transaction, email: str, email_norm: str) -> Account:
    role = Role.ADMIN if email_norm in auth.settings.admin_emails() else Role.MEMBER
    account = Account(new_id(), email_norm.partition("@")[0], role, True, email.strip())
    await users.add_user(tx, account, auth.clock.now())
    await users.add_email(tx, account.user_id, email.strip(), email_norm)
    return account
