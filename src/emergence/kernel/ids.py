"""UUID version 7 (RFC 9562): identifiers that sort by the time they were made."""

from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a new UUIDv7; ids made later in this process sort after earlier ones."""
    return uuid7()


def made_at(made: UUID) -> datetime:
    """Return when an id of `new_id` was made, to the millisecond, by the clock of the machine that made it."""
    return datetime.fromtimestamp((made.int >> 80) / 1000, UTC)
