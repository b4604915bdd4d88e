"""Who may have an account here that does not have one yet."""

from emergence.auth.parts import Auth
from emergence.auth.store import allowlist, invitations
from emergence.contracts.auth.values import Role
from emergence.kernel.storage.database import Transaction


async def may_join(auth: Auth, tx: Transaction, email_norm: str) -> Role | None:
    """Return the role with which somebody unknown, who proves to own this address, may have an account; else None.

    `closed` asks the allowlist, `invite` the invitations too, `open` lets everybody in, with the role
    that was kept for them or as a member. Whoever holds an invitation's link needs none of this.
    """
    mode = auth.settings.auth_signup
    role = await allowlist.role_of(tx, email_norm)
    if role is None and mode != "closed":
        role = await invitations.role_for(tx, email_norm, auth.clock.now())
    return Role.MEMBER if role is None and mode == "open" else role
