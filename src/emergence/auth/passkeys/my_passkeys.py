"""One's own passkeys: seen, named, removed."""

from uuid import UUID

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.passkeys.relying_party import RelyingParty
from emergence.auth.read_session import live_session
from emergence.auth.revoke_session import Ending, end_sessions
from emergence.auth.second_factors import forget_codes_without_factor
from emergence.auth.step_up import recent_session
from emergence.auth.store import passkeys as store
from emergence.auth.store import sessions, users
from emergence.auth.store.passkeys import Passkey
from emergence.contracts.auth.passkeys import MyPasskey, MyPasskeys
from emergence.contracts.auth.problems import UnknownPasskey
from emergence.kernel.identity import Identity

RENAMED, REMOVED = "factor.passkey_renamed", "factor.passkey_removed"


def shown(passkey: Passkey) -> MyPasskey:
    """Return what its owner sees of a passkey."""
    return MyPasskey(
        id=passkey.id,
        name=passkey.name,
        created_at=passkey.created_at,
        last_used_at=passkey.last_used_at,
        is_synced=passkey.is_synced,
        is_backed_up=passkey.is_backed_up,
        counter_back_at=passkey.counter_back_at,
    )


async def list_my_passkeys(auth: Auth, party: RelyingParty | None, identity: Identity) -> MyPasskeys:
    """Return the caller's passkeys, and where they work. Raises LoginSessionEnded."""
    session, _ = await live_session(auth, identity)
    found = await store.list_passkeys(auth.database, session.user_id)
    return MyPasskeys(passkeys=[shown(passkey) for passkey in found], works_at=party.origins[0] if party else None)


async def rename_passkey(auth: Auth, identity: Identity, passkey_id: UUID, name: str, caller: Caller) -> None:
    """Call one of the caller's passkeys something else. Raises UnknownPasskey, LoginSessionEnded."""
    session, _ = await live_session(auth, identity)
    async with auth.database.transaction() as tx:
        if not await store.rename_passkey(tx, passkey_id, session.user_id, name.strip()):
            raise UnknownPasskey()
        data = {"passkey": str(passkey_id)}
        await record(auth, tx, AuditEvent(RENAMED, session.user_id, session.user_id, session.id, data=data), caller)


async def remove_passkey(auth: Auth, identity: Identity, passkey_id: UUID, caller: Caller) -> None:
    """Remove one of the caller's passkeys; every other login session ends.

    With the last second factor the recovery codes go, since nothing is left that they stand in for.
    Raises UnknownPasskey, PasswordTooShortAlone, StepUpRequired, LoginSessionEnded.
    """
    session, _ = await recent_session(auth, identity)
    user_id = session.user_id
    async with auth.database.transaction() as tx:
        await users.lock_account(tx, user_id)
        if not await store.delete_passkey(tx, passkey_id, user_id):
            raise UnknownPasskey()
        is_last = await forget_codes_without_factor(tx, user_id)
        await end_sessions(auth, tx, user_id, Ending("passkey_removed", user_id, caller), but=session.id)
        if is_last:
            await sessions.lower_to_one_factor(tx, user_id)
        data: dict[str, str | int | bool] = {"passkey": str(passkey_id), "was_last_factor": is_last}
        await record(auth, tx, AuditEvent(REMOVED, user_id, user_id, session.id, data=data), caller)
