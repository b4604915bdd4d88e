"""The time zone in which somebody reads a clock, as its IANA name."""

from datetime import UTC, tzinfo
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

TimeZoneName = Annotated[
    str, Field(max_length=64, pattern=r"^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$", description="IANA name, `Europe/Paris`")
]


def zone_named(name: str | None) -> tzinfo:
    """Return the zone; UTC where nobody told one, and for a name that this machine does not know (yet)."""
    if name is None:
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # `Europe` alone is a folder
        return UTC
