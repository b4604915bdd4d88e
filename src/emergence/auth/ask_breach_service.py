"""Ask a breach service whether a password was published, telling it five characters of its hash only.

The protocol is k-anonymity by range: GET ADDRESS/ABCDE answers with a line SUFFIX:COUNT for each known SHA-1 that
begins so; with `Add-Padding` some lines count zero and mean nothing, so that the answer's size tells nothing either.
"""

import asyncio
from hashlib import sha1

DEADLINE_S = 0.8  # somebody waits
PREFIX_CHARACTERS = 5
ANSWER_MAX_BYTES = 1024 * 1024  # some hundred times what services answer


class BreachServiceSilent(Exception):
    """No usable answer in time; `reason` is one word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def is_published(address: str, password: str) -> bool:
    """Return whether the service at `address` knows the password. Raises BreachServiceSilent."""
    hashed = sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    prefix, suffix = hashed[:PREFIX_CHARACTERS], hashed[PREFIX_CHARACTERS:]
    answer = await _ask(f"{address.rstrip('/')}/{prefix}")
    for line in answer.splitlines():
        known, _, count = line.strip().partition(":")
        if known.upper() == suffix and count.strip().lstrip("0") != "":
            return True
    return False


async def _ask(url: str) -> str:
    import aiohttp  # loaded when first needed: a start is measured

    try:
        async with (
            asyncio.timeout(DEADLINE_S),
            aiohttp.ClientSession() as session,
            session.get(url, headers={"Add-Padding": "true"}, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise BreachServiceSilent(f"status_{answer.status}")
            content = await answer.content.read(ANSWER_MAX_BYTES)
            while not answer.content.at_eof() and len(content) < ANSWER_MAX_BYTES:
                content += await answer.content.read(ANSWER_MAX_BYTES - len(content))
            return content.decode("ascii", "replace")
    except TimeoutError as late:
        raise BreachServiceSilent("timeout") from late
    except (aiohttp.ClientError, OSError, ValueError) as broken:
        raise BreachServiceSilent("unreachable") from broken
