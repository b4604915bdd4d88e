"""What was said, for memory: whole messages of threads that are kept, each with the text that a person reads."""

from uuid import UUID

from emergence.contracts.session.said import (
    MESSAGES_AT_ONCE,
    TEXT_MAX_CHARACTERS,
    Place,
    Places,
    ReadSaid,
    Said,
    SaidMessage,
)
from emergence.kernel.storage.database import Database

# Of a copy of somebody else's conversation only what its owner said since is theirs.
_IS_SAID = """
    threads.deleted_at IS NULL AND NOT threads.temporary
    AND messages.status NOT IN ('queued', 'streaming') AND messages.parts <> '[]'::jsonb
    AND messages.taken_from IS DISTINCT FROM 'share'
"""


async def read_places(database: Database, after: UUID | None) -> Places:
    """Return the next whole messages of everybody in the order of their ids."""
    rows = await database.fetch(
        f"""
        WITH page AS (SELECT * FROM messages WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2)
        SELECT page.id, page.user_id, page.thread_id, EXISTS (
            SELECT FROM page AS messages JOIN threads ON threads.id = messages.thread_id
            WHERE messages.id = page.id AND {_IS_SAID}
        ) AS is_said FROM page ORDER BY page.id
        """,  # noqa: S608 - our own condition
        after,
        MESSAGES_AT_ONCE,
    )
    places = [
        Place(user_id=row["user_id"], thread_id=row["thread_id"], message_id=row["id"])
        for row in rows
        if row["is_said"]
    ]
    return Places(places=places, next=rows[-1]["id"] if len(rows) == MESSAGES_AT_ONCE else None)


async def read_said(database: Database, asked: ReadSaid) -> Said:
    """Return what was said in the user's thread: the messages that are asked for, or the next ones of all."""
    rows = await database.fetch(
        f"""
        SELECT messages.id, messages.role, messages.agent, messages.created_at, messages.taken_from,
            (SELECT id FROM messages AS former
                WHERE former.thread_id = $2 AND former.parent_id = messages.parent_id AND former.turn < messages.turn
                    AND former.role = 'user' AND messages.role = 'user'
                ORDER BY former.turn DESC LIMIT 1) AS edits,
            least(2 * messages.turn + least(messages.slot, 1), 2147483647) AS position,
            (SELECT left(string_agg(part ->> 'text', E'\\n\\n'), {TEXT_MAX_CHARACTERS})
                FROM jsonb_array_elements(messages.parts) AS part
                WHERE coalesce(part ->> 'kind', 'text') = 'text') AS text
        FROM messages JOIN threads ON threads.id = messages.thread_id AND threads.user_id = $1
        WHERE messages.user_id = $1 AND messages.thread_id = $2 AND {_IS_SAID}
            AND ($3::uuid[] IS NULL OR messages.id = ANY ($3)) AND ($4::uuid IS NULL OR messages.id > $4)
        ORDER BY messages.id LIMIT $5
        """,  # noqa: S608 - our own condition
        asked.user_id,
        asked.thread_id,
        asked.message_ids,
        asked.after,
        MESSAGES_AT_ONCE,
    )
    messages = [
        SaidMessage(
            message_id=row["id"],
            position=row["position"],
            role=row["role"],
            agent=row["agent"],
            said_at=row["created_at"],
            text=row["text"] or "",
            from_file=row["taken_from"] is not None,
            edits=row["edits"],
        )
        for row in rows
    ]
    return Said(messages=messages, next=rows[-1]["id"] if len(rows) == MESSAGES_AT_ONCE else None)
