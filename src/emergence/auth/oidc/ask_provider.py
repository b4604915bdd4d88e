"""Ask a provider over HTTP, bounded in every direction: no redirects, 1 MiB, three seconds, permitted machines only."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import structlog
from yarl import URL

from emergence.auth.oidc.reach import PinnedResolver, Reach
from emergence.contracts.auth.provider_problems import SignInProviderUnavailable
from emergence.kernel.signed_token import TokenRefused, strict_object

log = structlog.get_logger(__name__)

DEADLINE = timedelta(seconds=3)
ANSWER_MAX_BYTES = 1024 * 1024
CONNECTIONS = 20


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """An answer's status and its JSON object."""

    status: int
    members: Mapping[str, object]


class ProviderClient:
    """The way to one provider; opened on first use."""

    def __init__(self, provider_id: str, reach: Reach) -> None:
        self._provider_id = provider_id
        self._reach = reach
        self._session: aiohttp.ClientSession | None = None

    async def get(self, url: str, headers: Mapping[str, str] | None = None) -> Mapping[str, object]:
        """Return the JSON object at an address. Raises SignInProviderUnavailable."""
        answer = await self._ask("GET", url, headers or {}, None)
        if answer.status != 200:
            raise self._failed(f"status {answer.status}")
        return answer.members

    async def post(self, url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> ProviderAnswer:
        """Send a form and return the answer, below 500 whatever it says. Raises SignInProviderUnavailable."""
        return await self._ask("POST", url, headers, fields)

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], fields: Mapping[str, str] | None
    ) -> ProviderAnswer:
        if not self._reach.permits_url(url):
            raise self._failed("address not permitted")
        try:
            async with asyncio.timeout(DEADLINE.total_seconds()):
                status, body = await self._exchanged(method, url, headers, fields)
        except TimeoutError as late:
            raise self._failed("no answer in time") from late
        except (aiohttp.ClientError, OSError, ValueError) as lost:
            raise self._failed(type(lost).__name__) from lost
        if not 200 <= status < 300 and not 400 <= status < 500:
            raise self._failed(f"status {status}")
        try:
            return ProviderAnswer(status, await asyncio.to_thread(strict_object, body))
        except TokenRefused as malformed:
            raise self._failed(str(malformed)) from malformed

    async def _exchanged(
        self, method: str, url: str, headers: Mapping[str, str], fields: Mapping[str, str] | None
    ) -> tuple[int, bytes]:
        plain = {"accept": "application/json", "accept-encoding": "identity"}
        async with self._opened().request(
            method, URL(url), headers=plain | dict(headers), data=fields, allow_redirects=False
        ) as answer:
            body = bytearray()
            async for chunk in answer.content.iter_any():
                body += chunk
                if len(body) > ANSWER_MAX_BYTES:
                    raise ValueError("larger than it may be")
            return answer.status, bytes(body)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                resolver=PinnedResolver(self._reach), use_dns_cache=False, force_close=True, limit=CONNECTIONS
            )
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
            )
        return self._session

    def _failed(self, reason: str) -> SignInProviderUnavailable:
        log.warning("sign_in_provider_failed", provider=self._provider_id, reason=reason)
        return SignInProviderUnavailable(reason=reason)
