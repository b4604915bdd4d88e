"""The time zone of this machine, as the server may know it."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import TZPATH

LOCAL_TIME = Path("/etc/localtime")


def local_time_zone(environ: Mapping[str, str], local_time: Path = LOCAL_TIME) -> str | None:
    """Return its IANA name, or None where nothing names it."""
    named = environ.get("TZ", "").removeprefix(":") or _linked(local_time)
    return named if named and _is_known(named) else None


def _linked(local_time: Path) -> str:
    _, found, name = str(local_time.resolve()).partition("zoneinfo/")
    return name if found else ""


def _is_known(name: str) -> bool:
    return ".." not in name and any((Path(folder) / name).is_file() for folder in TZPATH)
