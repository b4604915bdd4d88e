"""The bus for Google Cloud: one topic for all events, a subscription per service, order by subject."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import msgspec
import structlog

from emergence.kernel.events.bus.bus import Envelope, Subscription
from emergence.kernel.events.bus.pubsub_api import GOOGLE, PubsubApi, PubsubMessage
from emergence.kernel.events.bus.pubsub_subscription import ACK_DEADLINE, PubsubSubscription, PushedSubscription
from emergence.kernel.events.bus.retention import Retention
from emergence.kernel.events.pubsub_address import GoogleHosts, pubsub_address
from emergence.kernel.google_metadata import GoogleMetadata

log = structlog.get_logger(__name__)

EVENT_MAX_BYTES = 700_000  # a push of it, in base64, stays below what a route of ours takes (1 MiB)
REQUEST_MAX_BYTES = 7_000_000  # 10 MB is Google's limit, after base64
REQUEST_MAX_MESSAGES = 1_000
# As often as Google offers, with these waits between: 15 hours. With the usual five tries an outage of minutes would
# take events out of their order.
DELIVERY_TRIES = 100
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=10)

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Envelope)


class PubsubBus:
    """Publishes, and pulls from a service's subscription unless events are pushed to a route of that service.

    Publishing makes nothing: in a topic without its subscriptions events would be lost, in the outbox they wait.
    """

    def __init__(
        self,
        url: str,
        *,
        hosts: GoogleHosts | None = None,
        is_pushed: bool = False,
    ) -> None:
        self._places = pubsub_address(url)
        self._api = _api(hosts or GoogleHosts())
        self._is_pushed = is_pushed
        self._pulled: dict[str, PubsubSubscription] = {}

    async def append(self, envelopes: Sequence[Envelope]) -> None:
        """Add them; one request after the other for a subject, which is an ordering key, and subjects side by side."""
        subjects: dict[str, list[PubsubMessage]] = defaultdict(list)
        for envelope in envelopes:
            subjects[envelope.subject].append(message_of(envelope))
        # No TaskGroup: when a task of one fails, Python 3.11.2 (Debian's) leaves its caller half cancelled.
        appending = (self._append_in_turn(of_subject) for of_subject in subjects.values())
        for failure in await asyncio.gather(*appending, return_exceptions=True):
            if failure is not None:
                raise failure

    async def _append_in_turn(self, messages: Iterable[PubsubMessage]) -> None:
        for request in _requests(messages):
            await self._api.publish(self._places.topic, request)

    @asynccontextmanager
    async def subscription(self, subscriber: str) -> AsyncIterator[Subscription]:
        """Yield the events of `subscriber`; Pub/Sub gives each subject to one process at a time."""
        if self._is_pushed:
            yield PushedSubscription()
            return
        if subscriber not in self._pulled:
            path = self._places.subscription_of(subscriber)
            self._pulled[subscriber] = PubsubSubscription(self, self._api, subscriber, path)
        async with self._pulled[subscriber].held() as held:
            yield held

    async def prune(self) -> None:
        """Do nothing: Pub/Sub itself forgets what every subscription has, and what became too old."""

    async def close(self) -> None:
        """End what is under way, and return every connection."""
        for pulled in self._pulled.values():
            await pulled.close()
        await self._api.close()

    async def prepare(self, subscribers: Iterable[str]) -> None:
        """Make the topics that are missing, and a subscription to pull from for each of `subscribers`. Idempotent.

        What is there stays as it is. Raises Unavailable.
        """
        retention = {"messageRetentionDuration": _duration(Retention().at_most)}
        await self._api.make(self._places.topic, **retention)
        await self._api.make(self._places.dead_letters, **retention)
        await self._api.make(self._places.kept_dead_letters, topic=self._places.dead_letters, expirationPolicy={})
        for subscriber in subscribers:
            await self._make_subscription(subscriber)

    async def _make_subscription(self, subscriber: str) -> None:
        path = self._places.subscription_of(subscriber)
        is_new = await self._api.make(
            path,
            topic=self._places.topic,
            enableMessageOrdering=True,
            ackDeadlineSeconds=int(ACK_DEADLINE.total_seconds()),
            expirationPolicy={},
            retryPolicy={"minimumBackoff": _duration(FIRST_WAIT), "maximumBackoff": _duration(LONGEST_WAIT)},
            deadLetterPolicy={"deadLetterTopic": self._places.dead_letters, "maxDeliveryAttempts": DELIVERY_TRIES},
        )
        if is_new:  # it would begin with what is published from now on
            await self._api.seek(path, (datetime.now(UTC) - Retention().at_most).isoformat())

    async def check(self) -> None:
        """Raise Unavailable unless the topic is there and this process may look at it."""
        await self._api.look_at(self._places.topic)

    async def envelope_in(self, message: PubsubMessage, subscriber: str) -> Envelope | None:
        """Return the event in a message; set one that holds none aside, among the dead letters. Raises Unavailable."""
        try:
            return _decoder.decode(message.data)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            said = {"reason": "malformed", "subscriber": subscriber, "message_id": message.message_id}
            await self._api.publish(self._places.dead_letters, [PubsubMessage(message.data, message.attributes | said)])
            log.error("event_malformed", subscriber=subscriber, message_id=message.message_id)
            return None


def _api(hosts: GoogleHosts) -> PubsubApi:
    if hosts.emulator is not None:
        return PubsubApi(f"http://{hosts.emulator}", metadata=None)
    return PubsubApi(GOOGLE, GoogleMetadata(hosts.metadata))


def message_of(envelope: Envelope) -> PubsubMessage:
    """Return the message that carries an event. Raises ValueError when it is too long."""
    data = _encoder.encode(envelope)
    if len(data) > EVENT_MAX_BYTES:
        raise ValueError(f"{envelope.name} has {len(data)} bytes; on Pub/Sub at most {EVENT_MAX_BYTES} are carried")
    return PubsubMessage(data, {"name": envelope.name}, ordering_key=envelope.subject)


def _requests(messages: Iterable[PubsubMessage]) -> Iterator[list[PubsubMessage]]:
    request: list[PubsubMessage] = []
    size = 0
    for message in messages:
        if request and (size + len(message.data) > REQUEST_MAX_BYTES or len(request) == REQUEST_MAX_MESSAGES):
            yield request
            request, size = [], 0
        request.append(message)
        size += len(message.data)
    if request:
        yield request


def _duration(time: timedelta) -> str:
    return f"{int(time.total_seconds())}s"
