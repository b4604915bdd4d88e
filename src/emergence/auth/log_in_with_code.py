"""The second step of signing in: a code, after the password or a provider's word was right."""

from dataclasses import replace

from emergence.auth.callers import Caller
from emergence.auth.check_code import check_code
from emergence.auth.email_addresses import normalised_email
from emergence.auth.first_proof import proof_from
from emergence.auth.known_addresses import remember_address
from emergence.auth.one_time_tokens import token_hash
from emergence.auth.open_session import Grant, granted, open_session
from emergence.auth.parts import Auth
from emergence.auth.store import one_time_tokens, users
from emergence.contracts.auth.problems import CodeRejected, SignInExpired
from emergence.contracts.auth.signing_in import LogInWithCode

TRIES = 5


async def log_in_with_code(auth: Auth, request: LogInWithCode, caller: Caller) -> Grant:
    """Open a login session for whoever gave the first proof just before and gives a code now.

    Raises CodeRejected for a wrong or used code, SignInExpired for a first step that is over or was
    tried five times; TooManyAttempts; SignInBusy.
    """
    hashed, now = token_hash(request.mfa_token.get_secret_value()), auth.clock.now()
    user_id = await one_time_tokens.try_token(auth.database, hashed, "second_factor", now, TRIES)
    if user_id is None:
        raise SignInExpired()
    method = await check_code(auth, user_id, request.code, caller)
    async with auth.database.transaction() as tx:
        await users.hold(tx, user_id)
        account = await users.read_account(tx, user_id)
        if await one_time_tokens.consume_token(tx, hashed, "second_factor", now) is None or not account.is_active:
            raise CodeRejected()
        first = proof_from(await one_time_tokens.read_data(tx, hashed))
        how = replace(first, methods=(*first.methods, method, "mfa"))
        if account.email is not None:
            await remember_address(auth, tx, user_id, normalised_email(account.email), caller)
        session = await open_session(auth, tx, user_id, how, caller)
        must_change = await users.must_change_password(tx, user_id)
    return await granted(auth, session, account, must_change=must_change)
