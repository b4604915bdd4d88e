"""Long lists of login sessions in pages, the latest used first."""

from datetime import UTC, datetime
from uuid import UUID

from emergence.auth.store.sessions import SessionPlace
from emergence.kernel.errors import InvalidRequest

PAGE = 50


def place_of(cursor: str | None) -> SessionPlace | None:
    """Return the place that a cursor says, which is the `next` of a page. Raises InvalidRequest."""
    if cursor is None:
        return None
    moment, _, session_id = cursor.partition("~")
    try:
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError("not a moment")
        return SessionPlace(at.astimezone(UTC), UUID(session_id))
    except (ValueError, OverflowError):
        place = {"place": "query.before", "reason": "is not the `next` of a page"}
        raise InvalidRequest("`before` must be the `next` of an earlier page.", members={"errors": [place]}) from None


def cursor_of(last_seen_at: datetime, session_id: UUID) -> str:
    """Return the cursor of the page that begins after a session."""
    return f"{last_seen_at.isoformat()}~{session_id}"
