"""Change one's own password: proves the old one again, and ends every other login session."""

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.limit_attempts import address_key, admit_attempt, note_success, user_key
from emergence.auth.parts import Auth
from emergence.auth.password_policy import (
    Chooser,
    does_alone,
    require_acceptable,
    require_another,
    require_not_known,
    require_still_long_enough,
)
from emergence.auth.read_session import live_session
from emergence.auth.revoke_session import Ending, end_sessions
from emergence.auth.store import devices, second_factors, users
from emergence.contracts.auth.account import ChangePassword
from emergence.contracts.auth.problems import CredentialsRejected
from emergence.kernel.identity import Identity

EVENT = "account.password_changed"
REASON = "password_changed"


async def change_password(auth: Auth, identity: Identity, request: ChangePassword, caller: Caller) -> None:
    """Replace the caller's password; this login session stays, all others end.

    Raises CredentialsRejected for a wrong old one, PasswordRefused for a new one that the policy
    refuses or that is the old one, TooManyAttempts, SignInBusy, LoginSessionEnded.
    """
    session, account = await live_session(auth, identity)
    new, current = request.new_password.get_secret_value(), request.current_password.get_secret_value()
    require_another(new, current)  # of what was typed twice nothing is learnt: it need not count as a guess
    factors = await second_factors.read_factors(auth.database, account.user_id)
    chooser = Chooser(account.email, account.display_name, account.user_id, factors.is_strong)
    await require_acceptable(auth, new, chooser, caller)
    guesses_at, guesses_from = user_key(account.user_id), address_key(caller.network())
    await admit_attempt(auth, (guesses_from, guesses_at))
    stored = await users.read_password(auth.database, account.user_id)
    verdict = await auth.passwords.check(current, stored)
    if not verdict.is_right:
        async with auth.database.transaction() as tx:
            refused = AuditEvent(EVENT, account.user_id, account.user_id, session.id, outcome="failure")
            await record(auth, tx, refused, caller)
        raise CredentialsRejected("The current password is wrong.")
    await require_not_known(auth, new, account.user_id)
    phc = await auth.passwords.hash(new)
    async with auth.database.transaction() as tx:
        await users.lock_account(tx, account.user_id)
        await require_still_long_enough(auth, tx, account.user_id, new)
        await note_success(tx, account=guesses_at, address=guesses_from)
        await users.set_password(tx, account.user_id, phc, auth.clock.now(), does_alone=does_alone(auth, new))
        await second_factors.delete_unconfirmed(tx, account.user_id)  # whoever knew the password may have begun one
        await devices.forget_devices(tx, account.user_id, session.device_id)  # whoever knew the password may have one
        ended = await end_sessions(auth, tx, account.user_id, Ending(REASON, account.user_id, caller), but=session.id)
        event = AuditEvent(EVENT, account.user_id, account.user_id, session.id, data={"sessions_ended": ended})
        await record(auth, tx, event, caller)
