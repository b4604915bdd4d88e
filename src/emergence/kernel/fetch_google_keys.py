"""Google's key set over HTTPS: no redirects, 64 KiB, three seconds."""

from datetime import timedelta

import aiohttp
import structlog
from pydantic import BaseModel, ValidationError

from emergence.kernel.errors import Unavailable
from emergence.kernel.signed_token import TokenRefused, strict_object

log = structlog.get_logger(__name__)

KEYS_DEADLINE = timedelta(seconds=3)
KEYS_MAX_BYTES = 64 * 1024


class GoogleKeySet(BaseModel):
    """Google's key set."""

    keys: list[dict[str, str]]


async def fetch_google_keys(address: str) -> GoogleKeySet:
    """Return the keys that Google publishes at `address`. Raises Unavailable."""
    timeout = aiohttp.ClientTimeout(total=KEYS_DEADLINE.total_seconds())
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(address, allow_redirects=False) as answer,
        ):
            body = await _bounded(answer)
        return GoogleKeySet.model_validate(strict_object(body))
    except (aiohttp.ClientError, TimeoutError, OSError, TokenRefused, ValidationError) as failed:
        log.warning("google_keys_unavailable", reason=type(failed).__name__)
        raise Unavailable() from failed


async def _bounded(answer: aiohttp.ClientResponse) -> bytes:
    if answer.status != 200:
        raise OSError(f"status {answer.status}")
    body = bytearray()
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) > KEYS_MAX_BYTES:
            raise OSError("too long")
    return bytes(body)
