"""Who may have an account here that does not have one yet."""

from emergence.auth.listed_administrators import may_make_administrators
from emergence.auth.parts import Auth
from emergence.auth.store import allowlist, invitations
from emergence.auth.store.allowlist import Leave
from emergence.contracts.auth.values import Role
from emergence.kernel.storage.database import Transaction


async def may_join(auth: Auth, tx: Transaction, email_norm: str) -> Role | None:
    """Return the role with which somebody unknown, who proves to own this address, may have an account; else None.

    `closed` asks the allowlist, `invite` the invitations too, `open` lets everybody in, with the role
    that was kept for them or as a member. Whoever holds an invitation's link needs none of this. Administrators are
    made only while the one who stands for it is one: else the allowlist lets in a member, and an invitation is over.
    """
    mode = auth.settings.auth_signup
    leave = await allowlist.leave_of(tx, email_norm)
    if leave is not None:
        return leave.role if await is_vouched_for(auth, tx, leave) else Role.MEMBER
    if mode != "closed":
        leave = await invitations.leave_for(tx, email_norm, auth.clock.now())
    if leave is not None and await is_vouched_for(auth, tx, leave):
        return leave.role
    return Role.MEMBER if mode == "open" else None


async def is_vouched_for(auth: Auth, tx: Transaction, leave: Leave) -> bool:
    """Return whether this role may be given still: who lost the administration must not come back by another name."""
    return leave.role is not Role.ADMIN or await may_make_administrators(auth, tx, leave.author)
