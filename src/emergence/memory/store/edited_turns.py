"""Turns that the person put into other words: they stay, to be searched, and what was taken from them alone goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emergence.kernel.storage.database import Transaction
from emergence.memory.store.forget_items import delete_items, summaries_among, without_source


async def drop_what_former_words_said(tx: Transaction, user_id: UUID, new: Sequence[UUID]) -> None:
    """Remove items that only former words say, of what these new turns edit or are edited by.

    What the person pinned or wrote stays. To be called when what the new turns state is kept, so that what the new
    words say too stays as it is.
    """
    rows = await tx.fetch(
        """
        WITH former AS (
            SELECT edits AS message_id FROM turns WHERE user_id = $1 AND message_id = ANY ($2) AND edits IS NOT NULL
            UNION SELECT edits FROM turns WHERE user_id = $1 AND edits = ANY ($2)
        )
        DELETE FROM item_sources USING former, items
        WHERE item_sources.user_id = $1 AND item_sources.message_id = former.message_id
            AND items.user_id = $1 AND items.id = item_sources.item_id
            AND NOT items.pinned AND items.origin <> 'written'
        RETURNING item_sources.item_id
        """,
        user_id,
        list(new),
    )
    quoting = list({row["item_id"] for row in rows})
    if quoting:
        gone = {*await without_source(tx, user_id, quoting), *await summaries_among(tx, user_id, quoting)}
        await delete_items(tx, user_id, list(gone))


async def former_wordings(tx: Transaction, user_id: UUID, message_ids: Sequence[UUID]) -> list[UUID]:
    """Return what the person had said in the place of these turns before, and what agents had answered to that."""
    rows = await tx.fetch(
        f"""
        WITH RECURSIVE {_chain(leads="message_id", to="edits")},
        former AS (SELECT message_id FROM chain WHERE message_id <> ALL ($2))
        SELECT message_id FROM former
        UNION
        SELECT answers.message_id FROM former
        JOIN turns AS asked ON asked.user_id = $1 AND asked.message_id = former.message_id
        JOIN turns AS answers ON answers.user_id = $1 AND answers.thread_id = asked.thread_id
            AND answers.role = 'agent' AND answers.position = asked.position + 1
        """,  # noqa: S608 - our own words
        user_id,
        list(message_ids),
    )
    return [row["message_id"] for row in rows]


@dataclass(frozen=True, slots=True)
class Wording:
    """How a message reads, and since when."""

    message: UUID
    at: datetime
    text: str


async def last_wordings(tx: Transaction, user_id: UUID, message_ids: Sequence[UUID]) -> dict[UUID, Wording]:
    """Return how messages that were edited read now, by them and by what agents had answered to them."""
    if not message_ids:
        return {}
    rows = await tx.fetch(
        """
        SELECT message_id, message_id AS said FROM turns
        WHERE user_id = $1 AND message_id = ANY ($2) AND role = 'user'
        UNION
        SELECT answers.message_id, asked.message_id FROM turns AS answers
        JOIN turns AS asked ON asked.user_id = $1 AND asked.thread_id = answers.thread_id AND asked.role = 'user'
            AND asked.position = answers.position - 1
        WHERE answers.user_id = $1 AND answers.message_id = ANY ($2) AND answers.role = 'agent'
        """,
        user_id,
        list(message_ids),
    )
    said = {row["message_id"]: row["said"] for row in rows}
    rows = await tx.fetch(
        f"""
        WITH RECURSIVE {_chain(leads="edits", to="message_id")}
        SELECT DISTINCT ON (start) start, message_id AS message, said_at AS at, body AS text
        FROM chain JOIN turns AS last USING (message_id)
        WHERE user_id = $1 AND message_id <> start
            AND NOT EXISTS (SELECT FROM turns WHERE user_id = $1 AND edits = last.message_id)
        ORDER BY start, said_at DESC, message_id
        """,  # noqa: S608 - our own words
        user_id,
        list(set(said.values())),
    )
    last = {row["start"]: Wording(row["message"], row["at"], row["text"]) for row in rows}
    return {message: last[first] for message, first in said.items() if first in last}


async def edited_among(tx: Transaction, user_id: UUID, message_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of the turns that the person put into other words."""
    rows = await tx.fetch(
        "SELECT DISTINCT edits FROM turns WHERE user_id = $1 AND edits = ANY ($2)", user_id, list(message_ids)
    )
    return {row["edits"] for row in rows}


def _chain(*, leads: str, to: str) -> str:
    """Return the wordings of a message from `start` on, itself first, each once; in which direction the columns say."""
    return f"""chain AS (
        SELECT start, start AS message_id FROM unnest($2::uuid[]) AS start
        UNION
        SELECT start, turns.{to} FROM chain JOIN turns ON user_id = $1 AND turns.{leads} = chain.message_id
        WHERE turns.{to} IS NOT NULL
    )"""  # noqa: S608 - our own words
