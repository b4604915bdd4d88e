"""The login sessions of one person: where they are signed in, and an end to any of it."""

from uuid import UUID

from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.read_session import live_session
from emergence.auth.revoke_session import Ending, end_sessions, revoke_session
from emergence.auth.session_pages import PAGE, cursor_of, place_of
from emergence.auth.store import sessions as store
from emergence.auth.store import users
from emergence.auth.store.sessions import SeenSession
from emergence.contracts.auth.account import MySession, MySessions
from emergence.contracts.auth.problems import UnknownLoginSession
from emergence.kernel.identity import Identity

BY_ITS_OWNER = "revoked_by_owner"


async def list_my_sessions(auth: Auth, identity: Identity, before: str | None) -> MySessions:
    """Return a page of the caller's live login sessions. Raises LoginSessionEnded, InvalidRequest."""
    await live_session(auth, identity)
    found = await store.live_sessions(auth.database, identity.user_id, auth.clock.now(), place_of(before), PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    return MySessions(
        sessions=[_shown(seen, identity) for seen in found[:PAGE]],
        next=cursor_of(last.last_seen_at, last.session.id) if last else None,
    )


def _shown(seen: SeenSession, identity: Identity) -> MySession:
    session, is_own = seen.session, seen.session.impersonator_id is None
    return MySession(
        id=session.id,
        is_current=session.id == identity.session_id,
        agent=seen.device.agent if is_own else None,  # an administrator's device is their own affair
        network=seen.device.network_prefix if is_own else None,
        methods=list(session.amr),
        created_at=session.created_at,
        last_seen_at=seen.last_seen_at,
        expires_at=session.idle_end,
        impersonator_name=seen.impersonator_name,
    )


async def revoke_my_session(auth: Auth, identity: Identity, session_id: UUID, caller: Caller) -> None:
    """End one of the caller's login sessions. Raises UnknownLoginSession, LoginSessionEnded."""
    await live_session(auth, identity)
    async with auth.database.transaction() as tx:
        await users.hold(tx, identity.user_id)  # the order of all: account, sessions, tokens
        found = await store.lock_session(tx, session_id)
        if found is None or found[0].user_id != identity.user_id or not found[0].is_live(auth.clock.now()):
            raise UnknownLoginSession()
        await revoke_session(auth, tx, found[0], Ending(BY_ITS_OWNER, identity.user_id, caller))


async def revoke_my_sessions(auth: Auth, identity: Identity, caller: Caller, *, but_this: bool) -> int:
    """End all of the caller's login sessions, or all but this one; return how many. Raises LoginSessionEnded."""
    await live_session(auth, identity)
    kept, ending = identity.session_id if but_this else None, Ending(BY_ITS_OWNER, identity.user_id, caller)
    async with auth.database.transaction() as tx:
        await users.hold(tx, identity.user_id)
        return await end_sessions(auth, tx, identity.user_id, ending, but=kept)
