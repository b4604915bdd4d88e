"""What an exported file is called: its conversation's title, as every system takes it."""

import re
import unicodedata
from urllib.parse import quote

MAX_CHARACTERS = 80

_REFUSED = re.compile(r'[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff/\\:*?"<>|]+')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "’": "'", "–": "-", "—": "-"})


def stem_of(title: str) -> str:
    """Return a title as the name of a file without its ending: no path, no device, nothing that turns the line."""
    spaced = " ".join(_REFUSED.sub(" ", title).split())[:MAX_CHARACTERS].strip(" .")
    named = "".join(letter for letter in spaced if not "\ud800" <= letter <= "\udfff") or "conversation"
    return f"_{named}" if _DEVICES.match(named) else named


def content_disposition(name: str) -> str:
    """Return the header that saves an answer under that name (RFC 6266), with a name in ASCII for old programs."""
    plain = unicodedata.normalize("NFKD", name.translate(_LIGATURES)).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9 ._()',+=@-]", "", plain).strip()
    if not plain or plain.startswith("."):
        plain = f"conversation{plain}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
