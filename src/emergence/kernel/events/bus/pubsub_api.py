"""The few calls of Google's Pub/Sub that a bus needs, over its REST interface."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

import aiohttp
import msgspec
import structlog

from emergence.kernel.errors import Unavailable
from emergence.kernel.google_metadata import GoogleMetadata

log = structlog.get_logger(__name__)

GOOGLE = "https://pubsub.googleapis.com"
DEADLINE = timedelta(seconds=10)
CONNECT_DEADLINE = timedelta(seconds=3)
LONGEST_PULL = timedelta(seconds=100)  # Google answers earlier, also when it finds nothing
CONNECTIONS = 16
REASON_MAX_CHARACTERS = 300

_encoder = msgspec.json.Encoder()


class PubsubMessage(msgspec.Struct, rename="camel", omit_defaults=True):
    """A message as Google's API has it: `data` is base64 there and bytes here."""

    data: bytes = b""
    attributes: dict[str, str] = {}
    message_id: str = ""
    ordering_key: str = ""


class Received(msgspec.Struct, rename="camel"):
    """A message that is ours until its deadline; `ack_id` is how to speak of this delivery."""

    ack_id: str
    message: PubsubMessage


class _Pulled(msgspec.Struct, rename="camel"):
    received_messages: list[Received] = []


_pulled_decoder = msgspec.json.Decoder(_Pulled)


class PubsubMissing(Unavailable):
    """A topic or subscription that is not there."""


class PubsubApi:
    """Speaks to Google with this process's own account; without `metadata` to an emulator, which asks for none."""

    def __init__(self, address: str, metadata: GoogleMetadata | None) -> None:
        self._base = f"{address}/v1/"
        self._metadata = metadata
        self._session: aiohttp.ClientSession | None = None

    async def make(self, path: str, **members: object) -> bool:
        """Make a topic or subscription; False when it is there already and stays as it is. Raises Unavailable."""
        status, _ = await self._call("PUT", path, members, expected=(200, 409))
        return status == 200

    async def look_at(self, path: str) -> None:
        """Return when this is there. Raises Unavailable, and PubsubMissing when it is not."""
        await self._call("GET", path, None)

    async def publish(self, topic: str, messages: Sequence[PubsubMessage]) -> None:
        """Add messages, all with one ordering key, in this order; durable when it returns. Raises Unavailable."""
        await self._call("POST", f"{topic}:publish", {"messages": messages})

    async def pull(self, subscription: str, at_most: int) -> Sequence[Received]:
        """Wait for messages; empty after a minute or so without any. Raises Unavailable."""
        try:
            async with asyncio.timeout(LONGEST_PULL.total_seconds()):
                _, body = await self._call("POST", f"{subscription}:pull", {"maxMessages": at_most}, deadline=None)
        except TimeoutError:
            return ()
        try:
            return _pulled_decoder.decode(body).received_messages
        except msgspec.MsgspecError as malformed:
            raise Unavailable("Pub/Sub answers what it never should.") from malformed

    async def acknowledge(self, subscription: str, ack_ids: Sequence[str]) -> None:
        """Say that these are dealt with. Raises Unavailable."""
        await self._call("POST", f"{subscription}:acknowledge", {"ackIds": ack_ids})

    async def extend(self, subscription: str, ack_ids: Sequence[str], by: timedelta) -> None:
        """Keep these for so long from now; no time at all gives them back. Raises Unavailable."""
        body = {"ackIds": ack_ids, "ackDeadlineSeconds": int(by.total_seconds())}
        await self._call("POST", f"{subscription}:modifyAckDeadline", body)

    async def seek(self, subscription: str, time: str) -> None:
        """Deliver again what the topic keeps from `time` (RFC 3339) on; the emulator cannot. Raises Unavailable."""
        await self._call("POST", f"{subscription}:seek", {"time": time}, expected=(200, 501))

    async def close(self) -> None:
        """Close every connection; a later call opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None,
        *,
        expected: Sequence[int] = (200,),
        deadline: timedelta | None = DEADLINE,
    ) -> tuple[int, bytes]:
        try:
            async with asyncio.timeout(deadline.total_seconds() if deadline is not None else None):
                headers = {"content-type": "application/json", **await self._authorization()}
                async with self._opened().request(
                    method,
                    self._base + path,
                    data=_encoder.encode(body) if body is not None else None,
                    headers=headers,
                    allow_redirects=False,
                ) as answer:
                    status, found = answer.status, await answer.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as lost:
            log.warning("pubsub_failed", call=path, reason=f"{type(lost).__name__}: {lost}")
            raise Unavailable("Pub/Sub does not answer right now.") from lost
        if status not in expected:
            raise self._refusal(path, status, found)
        return status, found

    def _refusal(self, path: str, status: int, body: bytes) -> Unavailable:
        if status == 401 and self._metadata is not None:
            self._metadata.forget()
        reason = body[:REASON_MAX_CHARACTERS].decode(errors="replace")
        log.warning("pubsub_refused", call=path, status=status, reason=reason)
        if status == 404:
            return PubsubMissing(f"{path.partition(':')[0]} is not there; make it with `emergence migrate`.")
        return Unavailable(f"Pub/Sub refused this (status {status}).")

    async def _authorization(self) -> dict[str, str]:
        if self._metadata is None:
            return {}
        return {"authorization": f"Bearer {await self._metadata.access_token()}"}

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_DEADLINE.total_seconds()),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session
