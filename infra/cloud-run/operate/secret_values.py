"""What is wrong with the value of a secret, in words that never show any of it."""

from urllib.parse import urlsplit

ADDRESS = "DATABASE_URL"  # and AUTH_DATABASE_URL, …: one for each service that has a database of its own
SCHEMES = ("postgresql", "postgres")
IN_HEADERS = ("_API_KEY", "METRICS_TOKEN")  # sent as headers of HTTP, which hold ASCII alone
MOST_BYTES = 64 * 1024  # of a version in Secret Manager
BYTE_ORDER_MARK = "\ufeff"  # what some editors put first in a file


def problem_of(name: str, value: str) -> str | None:
    """Return what keeps a service from using `value`, as words after the secret's name; None where nothing does."""
    if not value.strip():
        return "is empty"
    if value != value.strip("\r\n"):
        return "begins or ends with a newline"
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in value):
        return "has a newline or another control character in it"
    if value.startswith(BYTE_ORDER_MARK):
        return "begins with a byte order mark"
    if name.endswith(IN_HEADERS) and not value.isascii():
        return "has a letter beyond ASCII, which no header of HTTP can carry"
    if len(value.encode(errors="surrogateescape")) > MOST_BYTES:
        return "is longer than the 64 KiB that Secret Manager keeps"
    if value != value.strip():
        return "begins or ends with a blank"
    if name.endswith(ADDRESS) and not _is_address(value):
        return "is no address like postgresql://name:password@host:5432/emergence"
    return None


def _is_address(value: str) -> bool:
    try:
        address = urlsplit(value)
        _ = address.port  # raises for one that is no number
    except ValueError:
        return False
    has_host = bool(address.hostname) or "host=" in address.query  # a socket's folder stands in the query
    return address.scheme in SCHEMES and has_host and len(address.path) > 1 and " " not in value
