"""Say who the caller is, from the database and not from the token's claims."""

from emergence.auth.parts import Auth
from emergence.auth.store import sessions as store
from emergence.auth.store.sessions import Session
from emergence.auth.store.users import Account
from emergence.contracts.auth.problems import LoginSessionEnded
from emergence.contracts.auth.signing_in import LoginSession
from emergence.kernel.identity import Identity


async def read_session(auth: Auth, identity: Identity) -> LoginSession:
    """Return the caller's login session. Raises LoginSessionEnded when it was revoked after the token was made."""
    session, account = await live_session(auth, identity)
    return LoginSession(
        session_id=session.id,
        user_id=account.user_id,
        role=account.role,
        email=account.email,
        display_name=account.display_name,
        created_at=session.created_at,
        expires_at=session.idle_end,
    )


async def live_session(auth: Auth, identity: Identity) -> tuple[Session, Account]:
    """Return the session a token was made for, if it may still be used. Raises LoginSessionEnded."""
    found = await store.read_session(auth.database, identity.session_id, identity.user_id)
    if found is None or not found[0].is_live(auth.clock.now()) or not found[1].is_active:
        raise LoginSessionEnded()
    return found
