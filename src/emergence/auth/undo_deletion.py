"""Keep an account that was to be deleted, as long as its week is not over."""

from datetime import timedelta
from uuid import UUID

from emergence.auth.administer import require_administrator
from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.one_time_tokens import new_token, token_hash
from emergence.auth.parts import Auth
from emergence.auth.store import deletions as store
from emergence.auth.store import one_time_tokens, people, users
from emergence.contracts.auth.personal import UndoDeletion
from emergence.contracts.auth.personal_problems import DeletionPending, UndoRejected
from emergence.contracts.auth.problems import CredentialsRejected, UnknownUser
from emergence.kernel.identity import Identity
from emergence.kernel.storage.database import Transaction

OFFER = timedelta(minutes=10)  # long enough to think about it, short for a token that opens nothing else


async def offer_undo(auth: Auth, tx: Transaction, user_id: UUID) -> DeletionPending:
    """Return what to tell somebody whose account is shut, once they proved by every factor that it is theirs.

    Raise it after the transaction, which keeps the token that it holds. Whose account an administrator
    deletes is told the day, and gets no token. Raises CredentialsRejected when it is erased already.
    """
    deletion = await store.read_deletion(tx, user_id)
    if deletion is None or deletion.due_at <= auth.clock.now():
        raise CredentialsRejected()
    told: dict[str, object] = {"due_at": deletion.due_at.isoformat()}
    if deletion.is_own:
        told["undo_token"] = await new_token(auth, tx, "undo_deletion", user_id, OFFER)
        told["expires_in"] = int(OFFER.total_seconds())
    return DeletionPending(members=told)


async def undo_my_deletion(auth: Auth, request: UndoDeletion, caller: Caller) -> None:
    """Use the token of an offer up and give the account back; its owner signs in anew. Raises UndoRejected."""
    hashed, now = token_hash(request.undo_token.get_secret_value()), auth.clock.now()
    async with auth.database.transaction() as tx:
        user_id = await one_time_tokens.holder_of(tx, hashed, "undo_deletion", now)
        if user_id is None:
            raise UndoRejected()
        await users.lock_account(tx, user_id)  # first, as where a change of address is undone
        used = await one_time_tokens.consume_token(tx, hashed, "undo_deletion", now)
        if used is None or not await store.undo_deletion(tx, user_id, now):
            raise UndoRejected()
        await record(auth, tx, AuditEvent("account.deletion_cancelled", user_id, user_id), caller)


async def undo_deletion(auth: Auth, identity: Identity, user_id: UUID, caller: Caller) -> None:
    """Give somebody's account back, as an administrator; a suspended one is suspended again.

    Raises Forbidden, StepUpRequired, UnknownUser, UndoRejected.
    """
    session = await require_administrator(auth, identity, recently=True)
    async with auth.database.transaction() as tx:
        if not await people.exists(tx, user_id):
            raise UnknownUser()
        await users.lock_account(tx, user_id)
        if not await store.undo_deletion(tx, user_id, auth.clock.now()):
            raise UndoRejected()
        event = AuditEvent("account.deletion_cancelled", session.user_id, user_id, session.id)
        await record(auth, tx, event, caller)
