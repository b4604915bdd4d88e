"""Calls a neighbour in another process over pooled HTTP connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
from yarl import URL

from emergence.kernel.errors import DeadlineExceeded, Unavailable
from emergence.kernel.google_metadata import GoogleMetadata
from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.wire.identify import identified_headers
from emergence.kernel.wire.messages import WireReply, WireRequest

CONNECT_DEADLINE = timedelta(seconds=3)
SILENCE_DEADLINE = timedelta(minutes=2)  # longest pause within a reply: a machine that vanished says nothing
CONNECTIONS = 256
IDLE_CONNECTION_LIFETIME_S = 30  # below our servers' own, so that a pooled connection is never a dead one


class OverHttps:
    """The way to a neighbour at `base_url` (https, or http on a private network); opened on first use.

    With `platform` it also says which account of Google's calls.
    """

    def __init__(
        self, base_url: str, *, service: str, tokens: ServiceTokens | None, platform: GoogleMetadata | None = None
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._service = service
        self._tokens = tokens
        self._platform = platform
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def send(self, request: WireRequest) -> AsyncIterator[WireReply]:
        """Send and yield the reply as its chunks come; leaving the block early closes the connection.

        Raises Unavailable when nobody answers, DeadlineExceeded when the head takes too long.
        """
        reply = await self._head(request)
        try:
            headers = {name.lower(): value for name, value in reply.headers.items()}
            yield WireReply(reply.status, headers, self._chunks(reply))
        finally:
            # Closes the connection unless the body was read to its end: the neighbour sees us leave.
            reply.close()

    async def _head(self, request: WireRequest) -> aiohttp.ClientResponse:
        headers = {"accept-encoding": "identity"} | identified_headers(request, self._service, self._tokens)
        try:
            async with asyncio.timeout(request.deadline.total_seconds()):
                if self._platform is not None:
                    headers |= await self._platform.identity_headers(self._base_url)
                return await self._opened().request(
                    request.method,
                    URL(self._base_url + request.path, encoded=True),
                    headers=headers,
                    data=request.body or None,
                    allow_redirects=False,
                )
        except aiohttp.ConnectionTimeoutError as absent:
            raise self._unavailable() from absent
        except TimeoutError as late:
            raise DeadlineExceeded() from late
        except (aiohttp.ClientError, OSError) as lost:
            raise self._unavailable() from lost

    async def _chunks(self, reply: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        try:
            async for chunk in reply.content.iter_any():
                yield chunk
        except (aiohttp.ClientError, OSError) as lost:
            raise self._unavailable() from lost

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=IDLE_CONNECTION_LIFETIME_S),
                timeout=aiohttp.ClientTimeout(
                    total=None,
                    connect=CONNECT_DEADLINE.total_seconds(),
                    sock_read=SILENCE_DEADLINE.total_seconds(),
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def close(self) -> None:
        """Close every connection; a later call opens new ones."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    def _unavailable(self) -> Unavailable:
        return Unavailable(f"The {self._service} service does not answer right now. Try again in a moment.")
