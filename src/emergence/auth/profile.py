"""One's own profile: read, and the two things in it that one changes oneself."""

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.read_session import live_session
from emergence.auth.store import profile as store
from emergence.contracts.auth.personal import ChangeMyAccount, MyAccount
from emergence.kernel.identity import Identity


async def read_my_account(auth: Auth, identity: Identity) -> MyAccount:
    """Return the caller's account. Raises LoginSessionEnded."""
    _, account = await live_session(auth, identity)
    profile = await store.read_profile(auth.database, account.user_id)
    return MyAccount(
        user_id=account.user_id,
        display_name=account.display_name,
        email=account.email,
        role=account.role,
        language=profile.language,
        created_at=profile.created_at,
    )


async def change_my_account(auth: Auth, identity: Identity, request: ChangeMyAccount, caller: Caller) -> MyAccount:
    """Change the name or the language of mails; return the account as it is now. Raises LoginSessionEnded."""
    session, account = await live_session(auth, identity)
    names = sorted(request.model_fields_set)
    name = request.display_name.strip() if request.display_name is not None else None
    if name is None and "display_name" in names:
        names.remove("display_name")
    async with auth.database.transaction() as tx:
        if await store.change_profile(tx, account.user_id, store.Change(name, request.language, names)):
            changed = {"changed": " ".join(names)}
            event = AuditEvent("account.profile_changed", account.user_id, account.user_id, session.id, data=changed)
            await record(auth, tx, event, caller)
    return await read_my_account(auth, identity)
