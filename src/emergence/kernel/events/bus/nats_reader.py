"""Reads a stream of NATS from one place on, in order and without a gap, through a consumer that ends by itself."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig

from emergence.kernel.errors import Unavailable
from emergence.kernel.events.nats_line import ANSWER_DEADLINE_S, as_unavailable, heeding_cancellation

log = structlog.get_logger(__name__)

BATCH_SIZE = 100
LONGEST_PULL_S = 5.0  # then it is asked again: a request is forgotten when the stream moves to another server
GRACE_S = 2.0  # how late the answer to a request that found nothing may be
FORGOTTEN_AFTER = timedelta(minutes=30)  # longer than a batch takes; the consumer is deleted when its reader ends
NOTHING_THERE = ("404", "408")


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """What a stream holds at a place."""

    position: int
    data: bytes


class Reader:
    """Reads on with each call; what was returned once is not returned again."""

    def __init__(self, client: Client, inbox: Subscription, request_subject: str) -> None:
        self._client = client
        self._inbox = inbox
        self._request_subject = request_subject
        self._count = 0

    async def read(self, at_most: timedelta) -> Sequence[StoredMessage]:
        """Return what comes next, waiting when there is nothing. Raises Unavailable, and is of no use after that."""
        if found := await self._pull({"batch": BATCH_SIZE, "no_wait": True}, ANSWER_DEADLINE_S):
            return found
        wait_s = min(at_most.total_seconds(), LONGEST_PULL_S)
        if wait_s < 0.001:
            return ()
        first = await self._pull({"batch": 1, "expires": int(wait_s * 1e9)}, wait_s + GRACE_S)
        if not first:
            return ()
        return [*first, *await self._pull({"batch": BATCH_SIZE, "no_wait": True}, ANSWER_DEADLINE_S)]

    async def _pull(self, request: dict[str, object], deadline_s: float) -> list[StoredMessage]:
        found: list[StoredMessage] = []
        ends_s = monotonic() + deadline_s
        with as_unavailable(), heeding_cancellation():
            await self._client.publish(self._request_subject, json.dumps(request).encode(), reply=self._inbox.subject)
            while len(found) < int(str(request["batch"])):
                message = await self._inbox.next_msg(max(0.001, ends_s - monotonic()))
                status = (message.headers or {}).get("Status")
                if status in NOTHING_THERE:
                    break
                if status is not None:
                    raise Unavailable(f"The NATS server ended the reading (status {status}).")
                found.append(self._stored(message))
        return found

    def _stored(self, message: Msg) -> StoredMessage:
        place = message.metadata.sequence
        self._count += 1
        if place.consumer != self._count:  # one was sent and did not arrive; nobody sends it again
            raise Unavailable("A message from the NATS server got lost on the way.")
        return StoredMessage(place.stream, message.data)


@asynccontextmanager
async def opened_reader(client: Client, stream: str, start: ConsumerConfig) -> AsyncIterator[Reader]:
    """Yield a reader that begins where `start` says. Raises Unavailable."""
    jetstream = JetStreamContext(client, timeout=ANSWER_DEADLINE_S)
    with as_unavailable():
        made = await jetstream.add_consumer(
            stream,
            start.evolve(ack_policy=AckPolicy.NONE, inactive_threshold=FORGOTTEN_AFTER.total_seconds()),
        )
        inbox = await client.subscribe(client.new_inbox())
    try:
        yield Reader(client, inbox, f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{made.name}")
    finally:
        with suppress(OSError, nats.errors.Error, TimeoutError):
            await inbox.unsubscribe()
            await jetstream.delete_consumer(stream, made.name)
