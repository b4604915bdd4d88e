"""The caller's accounts at providers: which there are, and an end to one."""

from uuid import UUID

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.read_session import live_session
from emergence.auth.revoke_session import Ending, revoke_session
from emergence.auth.step_up import recent_session
from emergence.auth.store import identities as store
from emergence.auth.store import sessions, users
from emergence.contracts.auth.provider_problems import LastWayIn, UnknownIdentity
from emergence.contracts.auth.providers import Identities
from emergence.contracts.auth.providers import Identity as MyIdentity
from emergence.kernel.identity import Identity

REASON = "identity_unlinked"


async def list_my_identities(auth: Auth, identity: Identity) -> Identities:
    """Return the caller's linked accounts. Raises LoginSessionEnded."""
    _, account = await live_session(auth, identity)
    has_password = await users.read_password(auth.database, account.user_id) is not None
    found = []
    for linked in await store.of_person(auth.database, account.user_id):
        provider = auth.providers.of_issuer(linked.issuer)
        found.append(
            MyIdentity(
                id=linked.id,
                provider=provider.id if provider else None,
                label=provider.label if provider else linked.issuer,
                email=linked.email_at_link,
                linked_at=linked.created_at,
                last_used_at=linked.last_used_at,
            )
        )
    return Identities(identities=found, has_password=has_password)


async def unlink_identity(auth: Auth, identity: Identity, identity_id: UUID, caller: Caller) -> None:
    """Let an account at a provider sign the caller in no more; other sessions that it opened end.

    Raises UnknownIdentity, LastWayIn, StepUpRequired, LoginSessionEnded.
    """
    session, account = await recent_session(auth, identity)
    issuers = [each.issuer for each in auth.providers.listed()]
    async with auth.database.transaction() as tx:
        await users.lock_account(tx, account.user_id)
        opened = await store.sessions_of(tx, identity_id)
        issuer = await store.delete_one(tx, identity_id, account.user_id)
        if issuer is None:
            raise UnknownIdentity()
        if not await store.has_way_in(tx, account.user_id, issuers):
            raise LastWayIn()
        ending = Ending(REASON, account.user_id, caller)
        for each in await sessions.lock_sessions(tx, account.user_id, auth.clock.now()):
            if each.id in opened and each.id != session.id:
                await revoke_session(auth, tx, each, ending)
        provider = auth.providers.of_issuer(issuer)
        data = {"provider": provider.id if provider else issuer}
        event = AuditEvent("account.identity_unlinked", account.user_id, account.user_id, session.id, data=data)
        await record(auth, tx, event, caller)
