"""A person's folders."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from emergence.contracts.session.managing import Folder
from emergence.kernel.storage.database import Transaction


async def lock_folders(tx: Transaction, user_id: UUID) -> None:
    """Make others who change the user's folders wait until this transaction ends."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('folders:' || $1::uuid, 0))", user_id)


async def read_folders(tx: Transaction, user_id: UUID) -> list[Folder]:
    """Return the user's folders in their order."""
    rows = await tx.fetch(
        "SELECT id, name, created_at FROM thread_folders WHERE user_id = $1 ORDER BY position, id", user_id
    )
    return [Folder(id=row["id"], name=row["name"], created_at=row["created_at"]) for row in rows]


async def hold_folder(tx: Transaction, user_id: UUID, folder_id: UUID) -> bool:
    """Keep the user's folder from being deleted until this transaction ends; return whether there is one."""
    row = await tx.fetchrow(
        "SELECT 1 FROM thread_folders WHERE id = $1 AND user_id = $2 FOR KEY SHARE", folder_id, user_id
    )
    return row is not None


async def add_folder(tx: Transaction, user_id: UUID, folder_id: UUID, name: str, at: datetime) -> None:
    """Add a folder after the others; folders must be locked and the name free."""
    await tx.execute(
        """
        INSERT INTO thread_folders (id, user_id, name, position, created_at)
        SELECT $2, $1, $3, coalesce(max(position), 0) + 1, $4 FROM thread_folders WHERE user_id = $1
        """,
        user_id,
        folder_id,
        name,
        at,
    )


async def name_folder(tx: Transaction, user_id: UUID, folder_id: UUID, name: str) -> None:
    """Name the user's folder; folders must be locked and the name free."""
    await tx.execute("UPDATE thread_folders SET name = $3 WHERE id = $1 AND user_id = $2", folder_id, user_id, name)


async def remove_folder(tx: Transaction, user_id: UUID, folder_id: UUID) -> None:
    """Remove the user's folder; its threads, also deleted ones, are in none then."""
    await tx.execute("DELETE FROM thread_folders WHERE id = $1 AND user_id = $2", folder_id, user_id)
    await tx.execute(
        """
        UPDATE threads SET folder_id = NULL FROM (
            SELECT id FROM threads WHERE folder_id = $1 AND user_id = $2 ORDER BY id FOR NO KEY UPDATE
        ) AS filed WHERE threads.id = filed.id
        """,
        folder_id,
        user_id,
    )


async def order_folders(tx: Transaction, user_id: UUID, folder_ids: Sequence[UUID]) -> None:
    """Number the user's folders anew; folders must be locked."""
    await tx.execute(
        """
        UPDATE thread_folders SET position = wanted.place
        FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted (id, place)
        WHERE thread_folders.id = wanted.id AND user_id = $1
        """,
        user_id,
        list(folder_ids),
    )
