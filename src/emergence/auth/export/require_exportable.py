"""Whose data an administrator may take: the guard of asking and of downloading, since roles change between the two."""

from uuid import UUID

from emergence.auth.store import users
from emergence.contracts.auth.personal_problems import CannotExport
from emergence.contracts.auth.problems import UnknownUser
from emergence.contracts.auth.values import Role
from emergence.kernel.storage.database import Transaction


async def require_exportable(tx: Transaction, user_id: UUID) -> None:
    """Keep the person's role and status as they are until `tx` ends. Raises UnknownUser, CannotExport."""
    person = await users.keep_account(tx, user_id)
    if person is None:
        raise UnknownUser()
    if person.role is Role.ADMIN and person.is_active:
        raise CannotExport()
