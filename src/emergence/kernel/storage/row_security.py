"""Transactions that see one person's rows: the second lock, where a query forgets whose data it reads.

The tables' policies compare `user_id` with the setting `app.user_id`, which ends with its transaction; unset, nothing
is seen. Owners of tables obey where row-level security is forced. Superusers never do: for them each transaction takes
on a role that must.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
from asyncpg import Record

from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.storage.database import Database, Transaction

SETTING = "app.user_id"
_OWN_ROLE = "none"  # what PostgreSQL calls it when a session has taken on no other


class GuardedRows:
    """One service's rows about people; `prepare` comes first, after the migrations."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._role = _OWN_ROLE

    async def prepare(self) -> None:
        """Find out whether this database's role passes the policies, and if so have a role that does not. Idempotent.

        Raises SettingsInvalid where it passes them and may not make another; DatabaseUnavailable.
        """
        passes = await self._database.fetchrow(
            "SELECT 1 FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)"
        )
        if passes is not None:
            self._role = await self._restricted_role()

    async def _restricted_role(self) -> str:
        schema = self._database.schema
        role = f"emergence_{schema}_rows"
        try:
            async with self._database.transaction() as tx:
                # Roles are shared by all databases of a server: one at a time, whoever starts meanwhile.
                await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", role)
                if await tx.fetchrow("SELECT 1 FROM pg_roles WHERE rolname = $1", role) is None:
                    await tx.execute(f"CREATE ROLE {role} NOLOGIN")
                await tx.execute(f"GRANT {role} TO CURRENT_USER")
                await tx.execute(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
                await tx.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}")
                await tx.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}")
        except asyncpg.InsufficientPrivilegeError:
            raise SettingsInvalid(
                f"{schema.upper()}_DATABASE_URL: its role passes row-level security and may not make one that does "
                "not. Say ALTER ROLE … NOBYPASSRLS, or use another role."
            ) from None
        return role

    @asynccontextmanager
    async def of(self, user_id: UUID) -> AsyncIterator[Transaction]:
        """Open a transaction that sees this person's rows alone; see `Database.transaction` for what it raises."""
        async with self._database.transaction() as tx:
            await self.see_only(tx, user_id)
            yield tx

    async def see_only(self, tx: Transaction, user_id: UUID) -> None:
        """Let an open transaction see this person's rows alone, until it ends."""
        await tx.execute(
            f"SELECT set_config('{SETTING}', $1, true), set_config('role', $2, true)", str(user_id), self._role
        )

    def seen_by(self, user_id: UUID) -> "SeenBy":
        """Return what runs single statements on this person's rows."""
        return SeenBy(self, user_id)


class SeenBy:
    """Single statements, each in a transaction of its own that sees one person's rows."""

    def __init__(self, rows: GuardedRows, user_id: UUID) -> None:
        self._rows = rows
        self._user_id = user_id

    async def fetch(self, query: str, *arguments: object) -> Sequence[Record]:
        """Run one statement and return its rows. Raises DatabaseUnavailable."""
        async with self._rows.of(self._user_id) as tx:
            rows: list[Record] = await tx.fetch(query, *arguments)
            return rows

    async def execute(self, query: str, *arguments: object) -> str:
        """Run one statement and return its command tag. Raises DatabaseUnavailable."""
        async with self._rows.of(self._user_id) as tx:
            return await tx.execute(query, *arguments)
