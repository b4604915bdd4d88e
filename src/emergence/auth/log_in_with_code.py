"""The second step of signing in: a code, after the first step was right, whichever it was."""

from emergence.auth.callers import Caller
from emergence.auth.check_code import check_code
from emergence.auth.open_session import Grant
from emergence.auth.parts import Auth
from emergence.auth.second_step import open_after_second_step, try_second_step
from emergence.contracts.auth.signing_in import LogInWithCode


async def log_in_with_code(auth: Auth, request: LogInWithCode, caller: Caller) -> Grant:
    """Open a login session for whoever took the first step just before and gives a code now.

    Raises CodeRejected for a wrong or used code, SignInExpired for a first step that is over or was
    tried five times; DeletionPending; TooManyAttempts; SignInBusy.
    """
    pending = await try_second_step(auth, request.mfa_token.get_secret_value())
    method = await check_code(auth, pending.user_id, request.code, caller)
    return await open_after_second_step(auth, pending, (method,), caller)
