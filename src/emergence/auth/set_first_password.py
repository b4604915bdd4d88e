"""Choose the first password of an account that was made without one; every other login session goes on."""

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.password_policy import (
    Chooser,
    does_alone,
    require_acceptable,
    require_not_known,
    require_still_long_enough,
)
from emergence.auth.step_up import recent_session
from emergence.auth.store import second_factors, users
from emergence.contracts.auth.account import SetFirstPassword
from emergence.contracts.auth.problems import HasPassword
from emergence.kernel.identity import Identity

EVENT = "account.password_set"


async def set_first_password(auth: Auth, identity: Identity, request: SetFirstPassword, caller: Caller) -> None:
    """Give the caller a password beside their provider's account or passkey.

    Raises StepUpRequired, HasPassword, PasswordRefused, SignInBusy, LoginSessionEnded.
    """
    session, account = await recent_session(auth, identity)
    new, user_id = request.new_password.get_secret_value(), account.user_id
    if await users.read_password(auth.database, user_id) is not None:
        raise HasPassword()
    factors = await second_factors.read_factors(auth.database, user_id)
    chooser = Chooser(account.email, account.display_name, user_id, factors.is_strong)
    await require_acceptable(auth, new, chooser, caller)
    await require_not_known(auth, new, user_id)
    phc = await auth.passwords.hash(new)
    async with auth.database.transaction() as tx:
        await users.lock_account(tx, user_id)
        await require_still_long_enough(auth, tx, user_id, new)
        if not await users.add_password(tx, user_id, phc, auth.clock.now(), does_alone=does_alone(auth, new)):
            raise HasPassword()
        await record(auth, tx, AuditEvent(EVENT, user_id, user_id, session.id), caller)
