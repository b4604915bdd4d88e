"""Who this process is on Google's machines: tokens of its own service account, from the metadata server beside it."""

import asyncio
from datetime import timedelta

import aiohttp
import structlog
from pydantic import BaseModel, ValidationError

from emergence.kernel.clock import Clock, SystemClock
from emergence.kernel.errors import Unavailable

log = structlog.get_logger(__name__)

METADATA_HOST = "metadata.google.internal"
DEADLINE = timedelta(seconds=5)
RENEWED_BEFORE_END = timedelta(minutes=4)  # the metadata server gives the same token until five minutes before its end
_ACCOUNT = "/computeMetadata/v1/instance/service-accounts/default"


class _AccessToken(BaseModel):
    access_token: str
    expires_in: int


class GoogleMetadata:
    """Asks the metadata server, whose answers need no key; keeps a token until shortly before its end.

    `host` is what GCE_METADATA_HOST says, as for Google's own libraries.
    """

    def __init__(self, host: str | None = None, clock: Clock | None = None) -> None:
        self._base = f"http://{host or METADATA_HOST}{_ACCOUNT}"
        self._clock = clock or SystemClock()
        self._asking = asyncio.Lock()
        self._token: str | None = None
        self._fresh_until_s = 0.0

    async def access_token(self) -> str:
        """Return a token for Google's APIs. Raises Unavailable when nobody gives one, as elsewhere than at Google."""
        async with self._asking:
            if self._token is None or self._clock.elapsed_s() >= self._fresh_until_s:
                asked_s = self._clock.elapsed_s()
                given = await self._ask()
                self._token = given.access_token
                self._fresh_until_s = asked_s + given.expires_in - RENEWED_BEFORE_END.total_seconds()
            return self._token

    def forget(self) -> None:
        """Ask anew at the next use: Google refused the token."""
        self._token = None

    async def _ask(self) -> _AccessToken:
        timeout = aiohttp.ClientTimeout(total=DEADLINE.total_seconds())
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session,
                session.get(f"{self._base}/token", headers={"Metadata-Flavor": "Google"}) as answer,
            ):
                if answer.status != 200:
                    raise OSError(f"status {answer.status}")
                return _AccessToken.model_validate_json(await answer.read())
        except (aiohttp.ClientError, TimeoutError, OSError, ValidationError) as failed:
            log.warning("google_metadata_failed", reason=type(failed).__name__)  # a ValidationError quotes the token
            raise Unavailable("Google's metadata server gives no token; is this one of Google's machines?") from None
