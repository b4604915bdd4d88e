"""The audit log, as tests look at it."""

from uuid import UUID

from emergence.auth.store import audit
from emergence.auth.store.audit import AuditFilter, AuditRow
from emergence.kernel.storage.database import Database


async def rows_about(database: Database, user_id: UUID, before: int | None, limit: int) -> list[AuditRow]:
    """Return what a person did and what was done to them, latest first."""
    return [named.row for named in await audit.named_rows(database, AuditFilter(about=user_id), before, limit)]
