"""Sign out: end the caller's own login session."""

from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.refresh_tokens import parsed
from emergence.auth.revoke_session import Ending, revoke_session
from emergence.auth.store import sessions as store
from emergence.kernel.identity import Identity

REASON = "logged_out"


async def log_out(auth: Auth, identity: Identity | None, refresh_token: str | None, caller: Caller) -> None:
    """End the session of the access token, and the session of the refresh token.

    Idempotent: what is unknown or has ended is left as it is. A genuine refresh token of any
    generation will do, since its reuse would end the session too.
    """
    token = parsed(refresh_token)
    async with auth.database.transaction() as tx:
        if identity is not None and (found := await store.lock_session(tx, identity.session_id)):
            await revoke_session(auth, tx, found[0], Ending(REASON, found[0].user_id, caller))
        found = await store.lock_session(tx, token.session_id) if token else None
        if found and token and auth.refresh_tokens.is_genuine(token, found[0].salt):
            await revoke_session(auth, tx, found[0], Ending(REASON, found[0].user_id, caller))
