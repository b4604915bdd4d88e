"""Sign in whoever owns the machine: beside a local server its own account needs no password."""

import asyncio
import hmac
from datetime import timedelta
from pathlib import Path

import structlog

from emergence.auth.callers import Caller
from emergence.auth.open_session import Authentication, Grant, granted, open_session
from emergence.auth.parts import Auth
from emergence.auth.session_lifetimes import Lifetime
from emergence.auth.store import deployment as deployments
from emergence.auth.store import users
from emergence.auth.store.users import Account
from emergence.contracts.auth.problems import CredentialsRejected
from emergence.contracts.auth.signing_in import OwnerLogIn
from emergence.contracts.auth.values import Role
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction

log = structlog.get_logger(__name__)

CREDENTIAL_MIN_CHARACTERS = 32
OWNER_NAME = "Owner"  # until the claim says how they are called
BY_CREDENTIAL_FILE = Authentication(("owner",), Lifetime(timedelta(hours=12), timedelta(hours=12)), by_browser=False)


async def log_in_as_owner(auth: Auth, file: Path, request: OwnerLogIn, caller: Caller) -> Grant:
    """Open a login session for the machine's owner.

    Before there is an administrator this makes the owner's account; the later claim completes the
    same one. Raises CredentialsRejected when the call does not come from this machine or the
    credential is not the file's.
    """
    if not caller.is_local or not await _is_credential(file, request.credential.get_secret_value()):
        raise CredentialsRejected("This is not the credential of this machine's owner.")
    async with auth.database.transaction() as tx:
        account = await _owner(auth, tx)
        if not account.is_active:
            raise CredentialsRejected()
        opened = await open_session(auth, tx, account.user_id, BY_CREDENTIAL_FILE, caller)
    return await granted(auth, opened.session, opened.account)


async def _is_credential(file: Path, given: str) -> bool:
    try:
        expected = (await asyncio.to_thread(file.read_text, "utf-8")).strip()
    except (OSError, UnicodeDecodeError) as unreadable:
        log.warning("owner_credential_unreadable", reason=type(unreadable).__name__)
        return False
    if len(expected) < CREDENTIAL_MIN_CHARACTERS:
        log.warning("owner_credential_too_short", at_least=CREDENTIAL_MIN_CHARACTERS)
        return False
    return hmac.compare_digest(given.encode(), expected.encode())


async def _owner(auth: Auth, tx: Transaction) -> Account:
    deployment = await deployments.lock_deployment(tx)
    if deployment.owner_id is not None:
        return await users.read_account(tx, deployment.owner_id)
    owner = Account(new_id(), OWNER_NAME, Role.ADMIN, True, None)
    await users.add_user(tx, owner, auth.clock.now())
    await deployments.set_owner(tx, owner.user_id, claims=False)
    return owner
